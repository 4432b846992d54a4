/* Odoo's address, as it was when this extension was made; its settings go before. */
window.ODOO_URL = "https://odoo.example.com";
