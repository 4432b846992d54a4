-- A copy of the database lets nobody in from Zoho.
DELETE FROM zoho_pairing;

UPDATE zoho_integration
   SET inside_enabled = FALSE,
       widget_origins = NULL,
       hints_enabled = FALSE,
       hint_token = NULL;

DELETE FROM zoho_hint;
