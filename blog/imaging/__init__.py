"""Pictures as bytes: what comes in is verified, what goes out is encoded.

Floor 0: nothing here knows Django, a model, a file or a URL. Four modules:

* ``kinds``: which format bytes are in, judged from the bytes.
* ``verify``: foreign bytes in, a clean master out, or a sentence why not.
* ``heic``: iPhones' pictures, decoded outside the site's own process.
* ``renditions``: a master in, the files that browsers load out.
"""
