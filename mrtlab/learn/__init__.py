"""Exercises: one's own patient, the slip named, the evidence kept.

An exercise is a file (:mod:`~mrtlab.learn.schema`, read by :mod:`~mrtlab.learn.library`). From it and a learner's
pseudonym follow her own data (:mod:`~mrtlab.learn.variants`), what she sees of them (:mod:`~mrtlab.learn.sheet`), and
what is right on exactly these data (:mod:`~mrtlab.learn.expected`). :mod:`~mrtlab.learn.checking` says one thing to an
answer; :mod:`~mrtlab.learn.session` holds one learner's work and writes it down (:mod:`~mrtlab.learn.logbook`) before
it says anything.

An answer as it was given ("raw"), in the logbook and in files:

==================  ==================================================================================
number              ``{"value": "13 350"}``, with ``"u"``, or with ``"low"`` and ``"high"``, where asked
choice              ``{"choice": "scan", "reason": "…"}``
text                ``{"text": "…"}``
point in a plot     ``{"point": 2}``, the row of the table from 0
region in a plot    ``{"low": "60", "high": "110"}``, on the x axis
place in an image   ``{"x": 12.0, "y": 40.5}``, in pixels
record              ``{"record": "…"}``, its JSON with roles in place of names
==================  ==================================================================================
"""
