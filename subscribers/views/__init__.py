"""Pages for people who subscribe, choose and leave. They work without scripts, a login and (but for one form) cookies.

Mail programs and scanners open links, so no page changes anything on GET. What a page may do is in its signed link;
`subscribers.lifecycle` does it.
"""
