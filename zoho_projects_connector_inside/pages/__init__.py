"""What the pages inside Zoho show and do, with the rights of who looks at them."""
