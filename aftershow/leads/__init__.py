"""A lead file becomes captures, contacts and leads, or an entry of the fix list."""
