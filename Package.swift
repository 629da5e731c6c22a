// swift-tools-version: 6.0
import PackageDescription

/// Libraries that come from the system's package manager, as `scripts/setup` installs them.
let systemLibraries: [Target] = [
  .systemLibrary(
    name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
  .systemLibrary(
    name: "CLibJPEG", pkgConfig: "libjpeg",
    providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
  .systemLibrary(
    name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
  .systemLibrary(
    name: "CSndFile", pkgConfig: "sndfile",
    providers: [.apt(["libsndfile1-dev"]), .brew(["libsndfile"])]),
  .systemLibrary(
    name: "CMpg123", pkgConfig: "libmpg123",
    providers: [.apt(["libmpg123-dev"]), .brew(["mpg123"])]),
  .systemLibrary(
    name: "CTagLibrary", pkgConfig: "taglib",
    providers: [.apt(["libtag1-dev"]), .brew(["taglib"])]),
  .systemLibrary(
    name: "CSodium", pkgConfig: "libsodium",
    providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
]

/// Modules, lowest first: an arrow between two of them points down only.
let modules: [Target] = [
  .target(name: "Signals"),
  // No product, but public all the same: others' loops over its coders are specialised only then, and
  // 1.3 times slower otherwise.
  .target(name: "EntropyCoding"),
  .target(name: "CKernels"),
  .target(name: "Wavelets", dependencies: ["Signals", "CKernels"]),
  // Loads the library when the program runs, so that it is no dependency here.
  .target(name: "COpenBLAS"),
  .target(name: "Networks", dependencies: ["Signals", "COpenBLAS"]),
  .target(name: "CPNGRows", dependencies: ["CPNG"], linkerSettings: [.linkedLibrary("z")]),
  .target(name: "CJPEG", dependencies: ["CLibJPEG"]),
  .target(name: "CTagLib", dependencies: ["CTagLibrary"]),
  .target(name: "CTemporaryFiles"),
  .target(name: "CFreedMemory"),
  .target(
    name: "MediaFiles",
    dependencies: [
      "Signals", "CPNGRows", "CJPEG", "CZlib", "CSndFile", "CMpg123", "CTagLib", "CTemporaryFiles",
    ]),
  .target(
    name: "LearnedCodec",
    dependencies: [
      "Signals", "EntropyCoding", "CKernels", "Wavelets", "Networks", "MediaFiles", "CSodium",
    ],
    // `codecs` here is a link to that folder of the package: who links the product gets the codecs.
    resources: ["klt-grey", "klt-rgb", "music", "photo", "photo-16x", "photo-grey"].map { .copy("codecs/\($0)") }),
  .target(
    name: "Training",
    dependencies: ["Signals", "EntropyCoding", "Wavelets", "Networks", "LearnedCodec"]),
  .target(
    name: "Benchmarking", dependencies: ["Signals", "Wavelets", "LearnedCodec", "MediaFiles"]),
  .target(
    name: "CompressedLearning",
    dependencies: ["Signals", "Wavelets", "Networks", "LearnedCodec", "MediaFiles"]),
  .executableTarget(
    name: "codec",
    dependencies: [
      "Signals", "Wavelets", "Networks", "LearnedCodec", "Training", "MediaFiles", "Benchmarking",
      "CompressedLearning", "CFreedMemory",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
  .executableTarget(
    name: "render-samples", dependencies: ["Signals", "MediaFiles"], path: "samples/render"),
  .executableTarget(
    name: "measure",
    dependencies: [
      "Signals", "EntropyCoding", "LearnedCodec", "Training", "MediaFiles", "Benchmarking",
      "CompressedLearning", "CFreedMemory", "CLibJPEG",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "bench/measure"),
]

/// What the tests of each module import.
let imported: KeyValuePairs<String, [String]> = [
  "Signals": ["Signals", "TestSupport"],
  "EntropyCoding": ["Signals", "EntropyCoding"],
  "Wavelets": ["Signals", "Wavelets"],
  "Networks": ["Signals", "Networks"],
  "LearnedCodec": [
    "Signals", "EntropyCoding", "CKernels", "Wavelets", "Networks", "LearnedCodec", "Training",
    "MediaFiles", "TestSupport",
  ],
  "Training": [
    "Signals", "EntropyCoding", "Wavelets", "Networks", "LearnedCodec", "Training", "MediaFiles",
    "TestSupport",
  ],
  "MediaFiles": ["Signals", "MediaFiles", "CSndFile", "TestSupport"],
  "Benchmarking": ["Signals", "MediaFiles", "Benchmarking", "TestSupport"],
  "CompressedLearning": [
    "Signals", "Wavelets", "Networks", "LearnedCodec", "Training", "MediaFiles",
    "CompressedLearning", "TestSupport",
  ],
  // The program is run and not imported.
  "Command": ["Signals", "Networks", "MediaFiles", "codec", "TestSupport"],
]

let tests: [Target] =
  [.target(name: "TestSupport", path: "Tests/TestSupport")]
  + imported.map { name, modules in
    .testTarget(name: "\(name)Tests", dependencies: modules.map { .byName(name: $0) })
  }

let package = Package(
  name: "codec",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "codec", targets: ["codec"]),
    .library(name: "LearnedCodec", targets: ["LearnedCodec", "Signals"]),
    .library(name: "Training", targets: ["Training", "Networks"]),
    .library(name: "MediaFiles", targets: ["MediaFiles"]),
    .library(
      name: "CompressedLearning",
      targets: ["CompressedLearning", "LearnedCodec", "Signals", "Networks"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: systemLibraries + modules + tests,
  swiftLanguageModes: [.v6]
)
