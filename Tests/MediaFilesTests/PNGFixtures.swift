/// PNG files made with Python and zlib; the samples are stated by formulas.
enum PNGFixtures {
  /// 5 x 3, 2 bits, index (x + y) % 4 into red, green, blue and (10, 20, 30).
  static let palette = bytes(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAUAAAADAgMAAAAmWC1rAAAADFBMVEX/AAAA/wAAAP8KFB4iiCkEAAAAEUlEQVR42mOQ
    ZmDIcWDY2AAABd8B+dzmLmcAAAAASUVORK5CYII=
    """)

  /// As `palette`, the first two colours of alpha 0 and 128.
  static let paletteWithAlpha = bytes(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAUAAAADAgMAAAAmWC1rAAAADFBMVEX/AAAA/wAAAP8KFB4iiCkEAAAAAnRSTlMAgJsr
    ThgAAAARSURBVHjaY5BmYMhxYNjYAAAF3wH53OYuZwAAAABJRU5ErkJggg==
    """)

  /// 11 x 3, 1 bit, (x * y + x) % 2.
  static let grey1 = bytes(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAsAAAADAQAAAABthMjmAAAAD0lEQVR42mMIdWAAglAHAAVbASunjUUCAAAAAElFTkSu
    QmCC
    """)

  /// 5 x 3, 4 bits, (x + 5 * y) % 16.
  static let grey4 = bytes(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAUAAAADBAAAAAC7rXclAAAAFElEQVR42mNgVHZgCKuYwLD67AMAECoEGyVIIHIAAAAA
    SUVORK5CYII=
    """)

  /// 5 x 3, 16 bits, 1000 * x + y, of which 2001 is transparent.
  static let grey16WithTransparentColour = bytes(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAUAAAADEAAAAAAuzUZnAAAAAnRSTlMH0cgGub0AAAAqSURBVHjaY2BgYH7BfoF7B/8C
    BgZG5pfsF7l38i9kYGBifsV+iXsX/yIAk4sJrJcKWkkAAAAASUVORK5CYII=
    """)

  /// 5 x 3, samples (x, y, 7), of which (2, 1, 7) is transparent.
  static let rgbWithTransparentColour = bytes(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAIAAADUVFKvAAAABnRSTlMAAgABAAeLwKtlAAAAJ0lEQVR42g3HwQ0AMBDC
    sAAnZf+NW/8MGCwODyEmNi5e/mtq6+rVBwz7AJeCJAP3AAAAAElFTkSuQmCC
    """)

  /// 9 x 7, samples (x, y, 100 + x * y), interlaced.
  static let interlaced = bytes(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAkAAAAHCAIAAAEi/sChAAAAmUlEQVR42g2OyQrCQBAFX68zH9pmM4bBhBAhggRBD+LJ
    D3YOdSkoKACREdAKNFSXrE8wwqtgHV13gIO5Ux6dS+YF8GAv6rv7O/sPhBCEIVJtiBvhwXhKfAVpJ1pMt6QPkA/iq/mR
    /AtQEJ2YGqFWqTPqnYZE50wjIEHSsgwiF5ViMrusSW5Z6osFWc82ic1qm9nd7Uj2yvb5AxHmHUr4jXXuAAAAAElFTkSu
    QmCC
    """)

  /// 1 x 1: an ICC profile before the samples; EXIF and compressed XMP after them.
  static let metadataBehindSamples = bytes(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAApGlDQ1BwAAB4nAGWAGn/AAcOFRwjKjE4P0ZNVFtiaXB3
    foWMk5qhqK+2vcTL0tng5+71AQgPFh0kKzI5QEdOVVxjanF4f4aNlJuiqbC3vsXM09rh6O/2AgkQFx4lLDM6QUhPVl1k
    a3J5gIeOlZyjqrG4v8bN1Nvi6fD3AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dzj6vH4BAsSGSAnpCBGQnRi
    BlMAAAAKSURBVHjaY9ACAAAsACth8pJrAAAAGmVYSWZJSSoACAAAAAEAEgEDAAEAAAAGAAAAAAAAALdIESkAAABBaVRY
    dFhNTDpjb20uYWRvYmUueG1wAAEAZW4AAHics6mwqsgtyE0tSVSoyM3JK7aqsFVKTMlPSrUCskHC+kr6dgADyQ0Dm9F7
    HQAAAABJRU5ErkJggg==
    """)

  /// 1 x 1: a comment, and XMP in a zTXt chunk.
  static let metadataAsText = bytes(
    """
    iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAADXRFWHRDb21tZW50AGhlbGxv5v+uJAAAADx6VFh0WE1M
    OmNvbS5hZG9iZS54bXAAAHics6mwqsgtyE0tSVSoyM3JK7aqsFVKTMlPSrUCskHC+kr6dgADyQ0DzvoYSAAAAApJREFU
    eNpj0AIAACwAK2HykmsAAAAASUVORK5CYII=
    """)
}
