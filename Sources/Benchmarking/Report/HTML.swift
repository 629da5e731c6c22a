/// Elements of pages, as markup.
package enum HTML {
  /// A section of a page: `title` is text, `content` markup.
  package static func section(_ title: String, _ content: String) -> String {
    "<section><h2>\(title.escaped)</h2>\n\(content)</section>"
  }

  /// A table that scrolls by itself where it is wider than the page.
  ///
  /// - Parameters:
  ///   - header: texts.
  ///   - bodies: groups of rows, each the markup of its cells.
  package static func table(
    header: [String], bodies: [[String]], className: String = "numbers"
  ) -> String {
    let head = header.map { "<th scope=\"col\">\($0.escaped)</th>" }.joined()
    let bodies = bodies.map { rows in
      "<tbody>" + rows.map { "<tr>\($0)</tr>" }.joined(separator: "\n") + "</tbody>"
    }
    return
      "<div class=\"scroll\" tabindex=\"0\"><table class=\"\(className)\"><thead><tr>\(head)</tr></thead>"
      + bodies.joined(separator: "\n") + "</table></div>"
  }

  /// The first cell of a row: what the row is about, in bold where it is ours.
  package static func name(_ name: String, isOurs: Bool = false) -> String {
    "<th scope=\"row\"\(isOurs ? " class=\"ours\"" : "")>\(name.escaped)</th>"
  }

  /// A cell of text, of a class of the page's style.
  package static func cell(_ text: String, _ className: String? = nil) -> String {
    "<td\(className.map { " class=\"\($0)\"" } ?? "")>\(text.escaped)</td>"
  }

  /// A list of texts; nothing where there are none.
  package static func list(_ items: [String], className: String? = nil) -> String {
    if items.isEmpty { return "" }
    return "<ul\(className.map { " class=\"\($0)\"" } ?? "")>"
      + items.map { "<li>\($0.escaped)</li>" }.joined(separator: "\n") + "</ul>"
  }

  /// Terms and what they are, both texts.
  package static func definitions(_ entries: [(String, String)]) -> String {
    let items = entries.map { "<dt>\($0.0.escaped)</dt><dd>\($0.1.escaped)</dd>" }
    return "<dl>\(items.joined(separator: "\n"))</dl>"
  }
}
