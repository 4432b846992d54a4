-- A copy of the database must not speak to Zoho.
DELETE FROM zoho_credential;

-- Nor lock or set back, should somebody sign in there.
DELETE FROM zoho_log_lock;

UPDATE zoho_integration SET lock_invoiced = FALSE;

UPDATE zoho_field_mapping SET figure = NULL;

UPDATE zoho_integration
   SET status = 'sign_in_again',
       status_note = '{"code": "copied"}'
 WHERE status NOT IN ('draft', 'signed_in', 'disabled');

UPDATE zoho_integration
   SET status = 'draft'
 WHERE status = 'signed_in';
