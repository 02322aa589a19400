"""Contacts and their companies: matching, merging, permissions, suppressions."""
