import Foundation

extension CropComparison {
  /// Two of the versions in one place, with a divider between them, as an element of a page that
  /// has ``sliderScript``. At first the version of `reference` is at the right.
  func slider(reference: String) -> String {
    // Number 0 is the original.
    let left = versions.firstIndex { $0.contender != reference }.map { $0 + 1 } ?? 0
    let right =
      versions.firstIndex { $0.contender == reference }.map { $0 + 1 }
      ?? (0...versions.count).first { $0 > left } ?? 0
    let names = ["original"] + versions.map(\.contender)
    let (unit, decimals) = kind == .images ? ("bpp", 3) : ("kbit/s", 1)
    let captions =
      ["not compressed"]
      + versions.map {
        "\($0.rate.text(decimals)) \(unit)" + ($0.quality.map { ", \($0.text(2)) dB" } ?? "")
      }
    let files = [original] + versions.map(\.png)
    let images = zip(zip(names, captions), files).map { texts, png in
      "<img alt=\"\(texts.0.escaped)\" data-caption=\"\(texts.1.escaped)\" draggable=\"false\""
        + " src=\"data:image/png;base64,\(Data(png).base64EncodedString())\">"
    }
    let choices = [("Left", left), ("Right", right)].map { side, chosen in
      let options = names.enumerated().map { index, name in
        "<option value=\"\(index)\"\(index == chosen ? " selected" : "")>\(name.escaped)</option>"
      }
      return "<label>\(side)<select>\(options.joined())</select><output></output></label>"
    }
    let heights = marks.map {
      "<span class=\"height\" style=\"bottom:\(($0.height * 100).text(1))%\">\($0.name.escaped)</span>"
    }
    return """
      <figure class="compare\(kind == .audio ? " sound" : "")">
      <figcaption>\(file.escaped)</figcaption>
      <div class="choices">\(choices.joined())</div>
      <div class="plot">\(heights.joined())
      <div class="stage">\(images.joined(separator: "\n"))<div class="divider"></div></div></div>
      <input type="range" min="0" max="100" value="50" aria-label="Divider">
      \(players(names))
      </figure>
      """
  }

  /// A player for each sound; empty of pictures.
  private func players(_ names: [String]) -> String {
    let players = zip(names, [originalSound] + versions.map(\.sound)).compactMap { name, sound in
      sound.map {
        "<label>\(name.escaped)<audio controls preload=\"none\""
          + " src=\"data:audio/wav;base64,\(Data($0).base64EncodedString())\"></audio></label>"
      }
    }
    return players.isEmpty ? "" : "<div class=\"players\">\(players.joined(separator: "\n"))</div>"
  }

  /// Makes all sliders of a page work: by the range below a picture, which takes keys too, and by
  /// dragging on the picture.
  static let sliderScript = """
    for (const view of document.querySelectorAll('.compare')) {
      const images = [...view.querySelectorAll('img')];
      const sides = [...view.querySelectorAll('select')];
      const captions = view.querySelectorAll('output');
      const stage = view.querySelector('.stage');
      const divider = view.querySelector('.divider');
      const range = view.querySelector('input');
      function show() {
        const [left, right] = sides.map(side => images[side.value]);
        for (const image of images) {
          image.hidden = image !== left && image !== right;
          image.className = image === right && image !== left ? 'right' : '';
          image.style.clipPath = image.className ? `inset(0 0 0 ${range.value}%)` : '';
        }
        divider.style.left = range.value + '%';
        captions[0].textContent = left.dataset.caption;
        captions[1].textContent = right.dataset.caption;
      }
      function drag(event) {
        if (!event.buttons) return;
        const box = stage.getBoundingClientRect();
        range.value = (event.clientX - box.left) / box.width * 100;
        show();
      }
      // One sound at a time.
      view.addEventListener('play', event => {
        for (const player of document.querySelectorAll('audio')) {
          if (player !== event.target) player.pause();
        }
      }, true);
      view.addEventListener('input', show);
      stage.addEventListener('pointerdown', event => {
        stage.setPointerCapture(event.pointerId);
        drag(event);
      });
      stage.addEventListener('pointermove', drag);
      show();
    }
    """
}
