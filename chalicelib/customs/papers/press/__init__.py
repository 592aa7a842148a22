"""The press: how words become ink. Letters, typefaces, lines, strips and pages; nothing here knows customs.

The story: ``characters`` (harmless text, clusters, where a line may break) -> ``bidi`` (reading order) ->
``typefaces`` (who has which letter) -> ``setting`` (shaped lines) -> ``blocks`` and ``tables`` (strips) ->
``pages`` (which strip stands where) -> ``sheet`` and ``embedding`` (the PDF's own words). Only ``pdf`` imports it.
"""
