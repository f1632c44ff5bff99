"""How staff get in, and how their way in ends: passwords counted, second factors, trusted browsers, sessions.

Acts take an actor and check the right themselves, as in ``blog.publishing``; each leaves an entry in the audit trail.
"""
