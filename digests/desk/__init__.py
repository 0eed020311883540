"""The editor's desk in admin: a draft's page, saving, previews and decisions."""
