"""What only the owner of an address may do: see it, take along what is kept, change it, erase it all.

Mails are forwarded, and every mail has a link to the preferences. So these acts need a link that was mailed a moment ago to
the address itself (`asking`, `mail`), and a change of address needs one to each of the two (`moving`).
"""
