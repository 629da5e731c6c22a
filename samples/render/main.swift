// Renders the sample pictures and sounds into the folder given as argument, or into `samples`.

import Foundation
import MediaFiles

TemporaryFiles.removeOnSignals()
let folder = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "samples"
do {
  try text().write(to: "\(folder)/text.png")
  try edges().write(to: "\(folder)/edges.png")
  try texture().write(to: "\(folder)/texture.png")
  try alpha().write(to: "\(folder)/alpha.png", hasAlpha: true)
  try depth().write(to: "\(folder)/depth16.png", channels: 1, sampleType: .uint16)
  try strings().write(to: "\(folder)/strings.flac", title: "Plucked strings")
  try drums().write(to: "\(folder)/drums.flac", title: "Drums")
  try chord().write(to: "\(folder)/chord.flac", title: "Chord with vibrato", sampleType: .int24)
  try bursts().write(to: "\(folder)/bursts.flac", title: "Bursts of noise")
  try sweep().write(to: "\(folder)/sweep.flac", title: "Stereo sweep", peak: 0.5)
  try shading(width: 384, height: 256, samples: 160).write(to: "\(folder)/shading.png")
} catch {
  FileHandle.standardError.write(Data("render-samples: \(error)\n".utf8))
  exit(1)
}
