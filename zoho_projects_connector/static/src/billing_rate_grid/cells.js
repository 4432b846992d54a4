/** Cells as text: rows are lines, and columns are separated by tabulators. */

export function asText(rows) {
    return rows.map((row) => row.join("\t")).join("\n");
}

export function asRows(text) {
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
    return lines.map((line) => line.split("\t"));
}

/** Returns whether a cell lies between two others, themselves included. */
export function inRange(from, to, row, column) {
    const isBetween = (one, other, at) =>
        Math.min(one, other) <= at && at <= Math.max(one, other);
    return isBetween(from.row, to.row, row) && isBetween(from.column, to.column, column);
}
