"""One form for what people write: names, companies, emails, phone numbers, places."""
