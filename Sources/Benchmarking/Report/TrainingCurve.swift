/// The loss of a training over its steps, as an SVG file of its own.
///
/// - Parameter log: `log.csv` of a training run, whose first two columns are step and loss; other
///   lines, such as its header, are left out.
package func trainingCurve(log: String) -> String {
  let points = log.split(separator: "\n").compactMap { line -> Chart.Point? in
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count >= 2, let step = Double(fields[0]), let loss = Double(fields[1]) else {
      return nil
    }
    return Chart.Point(x: step, y: loss)
  }
  return Chart(
    name: "loss", title: "Loss of a training", x: Chart.Axis(title: "Steps"),
    y: Chart.Axis(title: "Loss (mean since the entry before)"),
    series: [Chart.Series(name: "loss", points: points, isEmphasised: true)]
  ).svg(standalone: true)
}
