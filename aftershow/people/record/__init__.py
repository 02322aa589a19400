"""What we keep of people: captures, facts, contacts, companies, interactions."""
