"""Papers of one leg: what they say (pure facts to documents), and how a document becomes a PDF.

The story: ``facts`` -> ``make`` (which papers this leg needs, each a ``Document`` and its data) -> ``pdf`` (bytes).
Only the papers worker imports ``pdf``; everything else here is words and figures.
"""
