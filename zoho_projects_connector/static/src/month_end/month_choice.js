/**
 * What is ticked and what is open on the page of the month's end.
 *
 * A project is ticked unless it is not; of its entries, all are but those that were
 * taken out. Only what is ready can be ticked.
 */
export class MonthChoice {
    loaded = new Map();

    /** Begins with everything ticked and closed, or where `dump` left off. */
    constructor({ unticked = [], open = [], taken = [] } = {}) {
        this.unticked = new Set(unticked);
        this.open = new Set(open);
        this.taken = new Map(taken.map(([id, entries]) => [id, new Set(entries)]));
    }

    /** What the constructor takes, for who leaves the page and comes back. */
    dump() {
        return {
            unticked: [...this.unticked],
            open: [...this.open],
            taken: [...this.taken].map(([id, entries]) => [id, [...entries]]),
        };
    }

    clear() {
        this.unticked.clear();
        this.open.clear();
        this.taken.clear();
        this.loaded.clear();
    }

    /** Forgets what was loaded of projects, which may be other time by now. */
    follow() {
        this.loaded.clear();
    }

    isOpen(key) {
        return this.open.has(key);
    }

    /** Opens or closes a project or a branch; returns whether it is open now. */
    toggleOpen(key) {
        if (!this.open.delete(key)) {
            this.open.add(key);
        }
        return this.open.has(key);
    }

    isLoaded(project) {
        return this.loaded.has(project.id);
    }

    entries(project) {
        return this.loaded.get(project.id) || [];
    }

    /** Keeps entries; a project whose ready ones are all taken out is not ticked. */
    setEntries(project, entries) {
        this.loaded.set(project.id, entries);
        const ready = new Set(this.ready(entries).map((entry) => entry.id));
        const taken = this.leftOut(project).filter((id) => ready.has(id));
        const isNoneLeft = taken.length && taken.length === ready.size;
        if (isNoneLeft) {
            this.tickProjects([project], false);
        }
        this.taken.set(project.id, new Set(isNoneLeft ? [] : taken));
    }

    ready(entries) {
        return entries.filter((entry) => entry.state === "ready");
    }

    /** The entries of a project that were taken out. */
    leftOut(project) {
        return [...(this.taken.get(project.id) || [])];
    }

    isTicked(project) {
        return project.can_invoice && !this.unticked.has(project.id);
    }

    isEntryTicked(project, entry) {
        return this.isTicked(project) && !this.taken.get(project.id)?.has(entry.id);
    }

    /** What is ticked of a project: hours and amount. */
    figures(project) {
        if (!this.isTicked(project)) {
            return { hours: 0, amount: 0 };
        }
        if (!this.leftOut(project).length) {
            return project;
        }
        const ticked = this.ready(this.entries(project)).filter((entry) =>
            this.isEntryTicked(project, entry)
        );
        return {
            hours: ticked.reduce((sum, entry) => sum + entry.hours, 0),
            amount: ticked.reduce((sum, entry) => sum + entry.amount, 0),
        };
    }

    /** Whether all, some or none of the rows are ticked, by how many are. */
    how(ticked, all) {
        if (!ticked) {
            return "none";
        }
        return ticked === all ? "all" : "some";
    }

    ofProject(project) {
        if (!this.isTicked(project)) {
            return "none";
        }
        return this.leftOut(project).length ? "some" : "all";
    }

    ofProjects(projects) {
        const parts = projects
            .filter((project) => project.can_invoice)
            .map((project) => this.ofProject(project));
        if (parts.includes("some")) {
            return "some";
        }
        return this.how(parts.filter((part) => part === "all").length, parts.length);
    }

    ofEntries(project, entries) {
        const ready = this.ready(entries);
        const ticked = ready.filter((entry) => this.isEntryTicked(project, entry));
        return this.how(ticked.length, ready.length);
    }

    tickProjects(projects, isTicked) {
        for (const project of projects.filter((one) => one.can_invoice)) {
            this.taken.delete(project.id);
            if (isTicked) {
                this.unticked.delete(project.id);
            } else {
                this.unticked.add(project.id);
            }
        }
    }

    /** Ticks entries, or not; a project without any that is ticked is not, either. */
    tickEntries(project, entries, isTicked) {
        const all = this.ready(this.entries(project)).map((entry) => entry.id);
        const taken = new Set(this.isTicked(project) ? this.leftOut(project) : all);
        for (const { id } of this.ready(entries)) {
            if (isTicked) {
                taken.delete(id);
            } else {
                taken.add(id);
            }
        }
        const isLeft = all.some((id) => !taken.has(id));
        this.tickProjects([project], isLeft);
        this.taken.set(project.id, isLeft ? taken : new Set());
    }
}
