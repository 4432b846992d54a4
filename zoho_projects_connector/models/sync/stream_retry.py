from odoo import SUPERUSER_ID, api, fields, models

from ...const import BATCH_SIZE
from .stream_batches import generations

# What one click tries at once; more of it is left to a synchronisation.
RETRIED_AT_ONCE = 500


class ZohoStream(models.Model):
    """Trying again what is in the error summary, from what was read before."""

    _inherit = "zoho.stream"

    @api.model
    def _retry(self, integration, errors, user, asks=True):
        """Fetch these records and what waits for them.

        Zoho is asked only for what may have been put right there. Whoever calls holds
        the integration's row.

        :param zoho.sync.error errors: open errors of one integration.
        :param bool asks: whether Zoho may have put right what they say.
        :return: the run that counts what became of them, and whether all is done that
            can be done without asking Zoho.
        :rtype: tuple[zoho.sync.run, bool]
        """
        own = integration.with_user(SUPERUSER_ID).with_company(integration.company_id)
        own = own.with_context(allowed_company_ids=integration.company_id.ids)
        now = fields.Datetime.now()
        run = own.env["zoho.sync.run"].create(
            {
                "integration_id": own.id,
                "trigger": "retry",
                "status": "done",
                "started_at": now,
                "ended_at": now,
                "until": now,
                "user_id": user.id,
            }
        )
        errors, tried = errors.with_env(own.env), 0
        asked = errors._askable() if asks else errors.browse()
        is_left = self._ask_again(run, asked)
        errors |= asked
        for stream in own.stream_ids.sorted("sequence"):
            for count in stream._retry_steps(run, errors):
                tried += count
                if tried >= RETRIED_AT_ONCE:
                    return run, False
        if is_left or errors._only_listed():
            return run, all(error.resolved_at for error in errors)
        return run, all(error.payload or error.resolved_at for error in errors)

    def _retry_steps(self, run, errors):
        """Try the chosen errors of a module, then all that waited for what is there.

        :return: yields how many records were tried.
        """
        entities = ("customer", "contact") if self.entity == "customer" else ()
        for entity in entities or (self.entity,):
            chosen = errors.filtered(
                lambda error, name=entity: error.entity == name and error.payload
            )
            for start in range(0, len(chosen), BATCH_SIZE):
                batch = chosen[start : start + BATCH_SIZE]
                self._retry_batch(run, entity, batch)
                yield len(batch)
            yield from self._retry_waiting(run, entity)

    def _retry_waiting(self, run, entity):
        """Try what waits for a record that is there, until a round brings nothing."""
        errors, healed = self.env["zoho.sync.error"], True
        while healed:
            healed, last_id = 0, 0
            while batch := errors._healable(
                self.integration_id, entity, last_id, None, BATCH_SIZE
            ):
                last_id = batch[-1].id
                healed += self._retry_batch(run, entity, batch)
                yield len(batch)

    def _retry_batch(self, run, entity, errors):
        """Try one batch again.

        :return: how many of it are fetched now.
        :rtype: int
        """
        step = {"sink": "contacts"} if entity == "contact" else {}
        records, broken = self._parse(errors.mapped("payload"), step)
        if entity == "project":
            records = self._with_customers(records)
        fetched = sum(
            len(page.fetched)
            for generation in generations(records)
            for page in self._upsert_batches(run, generation, entity=entity)
        )
        self._note_broken(run, step, broken)
        # The queries that look for what waits read the tables.
        self.env.flush_all()
        return fetched
