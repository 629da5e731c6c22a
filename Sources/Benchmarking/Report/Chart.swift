/// A line chart: curves over two axes, as a value that ``svg(standalone:)`` draws.
struct Chart: Equatable {
  /// An axis.
  struct Axis: Equatable {
    /// What it measures, with the unit: `Rate (bits per pixel)`.
    var title: String
    /// Whether equal distances are equal ratios.
    var isLogarithmic = false
  }

  /// A place in the units of the axes.
  struct Point: Equatable {
    var x: Double
    var y: Double
  }

  /// A curve: points joined by straight lines.
  struct Series: Equatable {
    /// What labels and legend call it.
    var name: String
    /// In the order in which they are joined.
    var points: [Point]
    /// Which pair of colour and marker it has, at least 0; they repeat after 9 and 5, so pairs of
    /// them after 45. Published curves have none.
    var look = 0
    /// Whether it was published, not measured with the others: a thin grey line behind them.
    var isPublished = false
    /// Whether it is one of ours: a thicker line in front of the others, a bold label.
    var isEmphasised = false
  }

  /// Stem of the file names that it is written under: `rd-psnr`.
  var name: String
  /// The heading.
  var title: String
  var x: Axis
  var y: Axis
  /// The curves in the order of the legend.
  var series: [Series]
}
