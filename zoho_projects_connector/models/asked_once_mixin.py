"""What Odoo asks anew for each of many records that are created, asked once for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Self

from odoo import api, fields, models

from ..hours import to_hours
from .changes import changed_values

# What decides what Odoo computes of a new timesheet, apart from the time that it took.
ABOUT = ("company_id", "project_id", "task_id", "employee_id", "product_uom_id")


@dataclass
class AskedOnce:
    """What was asked for the records of one `create`.

    It travels in the context; no remote call can make an instance of this class.

    :ivar defaults: ``{which values are given: the defaults of the others, twice}``.
    :ivar unsaved: ``{one value: the unsaved record that has it}``.
    :ivar amounts: ``{id of a new timesheet: the values that it was created with}``;
        None as soon as amounts are set.
    :ivar plans: the fields of the analytic plans.
    :ivar accounts: ``{where it is booked: its analytic accounts}``.
    :ivar foreseen: ``{what they are about: what Odoo will compute of such records}``.
    """

    defaults: dict[Hashable, list[dict]] = field(default_factory=dict)
    unsaved: dict[Hashable, models.BaseModel] = field(default_factory=dict)
    amounts: dict[int, dict] | None = field(default_factory=dict)
    plans: list[str] | None = None
    accounts: dict[Hashable, dict] = field(default_factory=dict)
    foreseen: dict[Hashable, dict] = field(default_factory=dict)


class AskedOnceMixin(models.AbstractModel):
    """Creates many records faster where ``asked_once`` of the context says so.

    Odoo does the same; what it would find out for each is found out for all.
    """

    _name = "asked.once.mixin"
    _description = "Records Created Together"

    def _asked_once(self) -> AskedOnce | None:
        """Return what was asked already, None where each record is asked for."""
        asked = self.env.context.get("asked_once")
        return asked if isinstance(asked, AskedOnce) else None

    @api.model
    def _add_missing_default_values(self, values: dict) -> dict:
        """Ask twice for defaults: those that are not the same are asked for each."""
        if (asked := self._asked_once()) is None:
            return super()._add_missing_default_values(values)
        # By the environment: its context has defaults, too.
        key = (self._name, self.env, frozenset(values))
        known = asked.defaults.setdefault(key, [])
        if len(known) == 2 and known[0] == known[1]:
            whole = {**known[0], **values}
            for one in self._fields.values():
                # These depend on a value: on the project of a task, say.
                if one.type == "properties":
                    whole[one.name] = one._add_default_values(self.env, whole)
            return whole
        whole = super()._add_missing_default_values(values)
        if len(known) < 2:
            known.append({name: whole[name] for name in whole.keys() - values.keys()})
        return whole

    @api.model
    def _create(self, data_list: list[dict]) -> models.BaseModel:
        """Insert what Odoo will compute, as far as it is foreseen.

        It is computed all the same. What comes out otherwise is written as ever; what
        does not is spared its UPDATE.
        """
        if self._asked_once():
            for data in data_list:
                data["stored"] = self._foresee(data["stored"])
        return super()._create(data_list)

    @api.model
    def _foresee(self, stored: dict) -> dict:
        """Return the values of a new record, with what Odoo will probably compute."""
        return stored

    def new(
        self,
        values: dict | None = None,
        origin: models.BaseModel | None = None,
        ref: object = None,
    ) -> models.BaseModel:
        """Make one record for a company: to round, Odoo asks it for its currency."""
        asked = self._asked_once()
        if not asked or not values or len(values) > 1 or origin or ref:
            return super().new(values, origin, ref)
        ((name, value),) = values.items()
        if type(value) is not int:
            return super().new(values, origin, ref)
        key = (self._name, self.env, name, value)
        if key not in asked.unsaved:
            asked.unsaved[key] = super().new(values)
        return asked.unsaved[key]

    def _check_company(self, fnames: list[str] | None = None) -> None:
        """Compare all records that are referred to at once; Odoo says what is wrong."""
        # Asked first: this is called with each write of whomever.
        if not self._asked_once() or fnames is not None:
            return super()._check_company(fnames)
        names = [
            name
            for name, one in self._fields.items()
            if one.relational and one.check_company
        ]
        is_usual = "company_id" in self._fields and not any(
            self._fields[name].company_dependent for name in names
        )
        if not is_usual:
            return super()._check_company(fnames)
        for company, records in self.grouped("company_id").items():
            for name in names:
                # As Odoo does: whose they are counts, not who may see them.
                found = records.sudo().with_context(active_test=False).mapped(name)
                domain = found and found._check_company_domain(company)
                if domain and found != found.filtered_domain(domain):
                    return super()._check_company(fnames)
        return None


class AskedOnceTimesheetMixin(models.AbstractModel):
    """Sets amounts and accounts of many new timesheets at once, as Odoo would of each.

    It stands before Odoo's own model among the parents.
    """

    _name = "asked.once.timesheet.mixin"
    _inherit = "asked.once.mixin"
    _description = "Timesheets Created Together"

    @api.model
    def _foresee(self, stored: dict) -> dict:
        stored, known = super()._foresee(stored), self._asked_once().foreseen
        if not all(stored.get(name) for name in ABOUT if name != "task_id"):
            return stored
        key = tuple(stored.get(name) for name in ABOUT)
        if key not in known:
            company, project, task, employee, unit = (
                self.env[self._fields[name].comodel_name].browse(value)
                for name, value in zip(ABOUT, key, strict=True)
            )
            known[key] = {
                "currency": company.currency_id,
                "partner": task.partner_id or project.partner_id,
                "parent": task.parent_id,
                "cost": employee.hourly_cost * to_hours(1.0, unit),
            }
        currency, cost = known[key]["currency"], known[key]["cost"]
        return {
            # First: an amount is rounded by it.
            "currency_id": currency.id,
            "partner_id": known[key]["partner"].id,
            "parent_task_id": known[key]["parent"].id,
            **stored,
            "amount": currency.round(-stored.get("unit_amount", 0.0) * cost),
        }

    def _set_amounts(self) -> Self:
        """Set the amounts of new timesheets, all at once; return the timesheets.

        Odoo writes the amount of each new line apart, with all that hangs on a write.
        """
        asked = self._asked_once()
        late, asked.amounts = asked.amounts, None
        # What a line costs holds for everybody, whatever of it the user may write.
        lines = self.sudo()
        currency, amount = self._fields["currency_id"], self._fields["amount"]
        with self.env.protecting([currency], lines):
            for company, of_company in lines.grouped("company_id").items():
                of_company.currency_id = company.currency_id
        # Of the values, Odoo asks which fields there are.
        values = {name: vals[name] for vals in late.values() for name in vals}
        found = lines.browse(late)._timesheet_postprocess_values(values)
        alike = defaultdict(list)
        for line in lines:
            said = found.get(line.id, {})
            if said.keys() == {"amount"}:
                alike[line.currency_id, said["amount"]].append(line.id)
            elif changes := changed_values(line, said):
                # Another addon has more to say of the line.
                line.write(changes)
        valued = lines.browse(res_id for ids in alike.values() for res_id in ids)
        # Protected, an amount goes into the cache alone: all in one UPDATE later.
        with self.env.protecting([amount], valued):
            for (_currency, value), ids in alike.items():
                valued.browse(ids).amount = value
        valued.modified(["amount"])
        return self

    def _timesheet_postprocess_values(self, values: dict) -> dict[int, dict]:
        asked = self._asked_once()
        if not asked or asked.amounts is None:
            return super()._timesheet_postprocess_values(values)
        asked.amounts |= dict.fromkeys(self.ids, values)
        return {res_id: {} for res_id in self.ids}

    def _get_plan_fnames(self) -> list[str]:
        asked = self._asked_once()
        if not asked:
            return super()._get_plan_fnames()
        asked.plans = asked.plans or super()._get_plan_fnames()
        return asked.plans

    def _timesheet_preprocess_get_accounts(self, vals: dict) -> dict:
        """Ask once for each project: Odoo goes through the analytic plans."""
        asked = self._asked_once()
        if not asked:
            return super()._timesheet_preprocess_get_accounts(vals)
        place = (vals.get("project_id"), vals.get("company_id"), vals.get("so_line"))
        if place not in asked.accounts:
            asked.accounts[place] = super()._timesheet_preprocess_get_accounts(vals)
        return asked.accounts[place]

    def _compute_field_value(self, computed: fields.Field) -> None:
        """Look up once what is related to entries that refer to the same record."""
        if not computed.related:
            return super()._compute_field_value(computed)
        refers = computed.related.partition(".")[0]
        alike = self._alike(lambda line: line[refers])
        firsts = self.browse().concat(*alike)
        super(AskedOnceTimesheetMixin, firsts)._compute_field_value(computed)
        self._copy_to_alike(computed.name, alike)
        if computed.store:
            (self - firsts).filtered("id")._validate_fields([computed.name])
        return None

    def _compute_department_id(self) -> None:
        alike = self._alike(lambda line: line.employee_id.id)
        firsts = self.browse().concat(*alike)
        result = super(AskedOnceTimesheetMixin, firsts)._compute_department_id()
        self._copy_to_alike("department_id", alike)
        return result

    def _alike(self, likeness: Callable[[Self], Hashable]) -> dict[Self, Self]:
        """Return the others of which the same is true, by the first one."""
        alike = defaultdict(list)
        for line in self:
            alike[likeness(line)].append(line.id)
        return {self.browse(ids[:1]): self.browse(ids[1:]) for ids in alike.values()}

    @api.model
    def _copy_to_alike(self, name: str, alike: dict[Self, Self]) -> None:
        """Give the others what was computed of the first one."""
        for first, others in alike.items():
            if others:
                others[name] = first[name]
