"""The words of an article: pure functions over HTML text. Nothing here knows Django, a model or a request.

``markup`` says what HTML may be, ``clean`` lets text in, ``outline`` measures it, ``render`` makes it ready for a
page and ``editor`` for the editing screen. All of them read HTML through ``tree`` and ``blocks``.
"""
