"""The edge to providers: one file each, named as in the YAML."""
