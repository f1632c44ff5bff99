"""The staff's face: the Django admin, arranged for people who write between two appointments.

``site`` is the admin site; ``screens`` registers everything on it.
"""
