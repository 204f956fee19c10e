// swift-tools-version: 6.3
import PackageDescription

// What `make bench` measures with: what SwiftNIO can do on this machine without any vault in it, and a program that
// evaluates feature flags in its own process.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(url: "https://github.com/apple/swift-nio", from: "2.101.2")],
    targets: [
        .executableTarget(
            name: "Ceiling",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .target(name: "AllocationCount"),
        .executableTarget(name: "EvaluationTimes", dependencies: ["AllocationCount", "FlagEngine", "Notation"]),
        // The server's own sources, by links: what they offer is for their package only.
        .target(name: "FlagEngine", dependencies: ["EngineKit", "Notation"]),
        .target(name: "EngineKit", dependencies: ["Notation"]),
        .target(name: "Notation"),
    ],
    swiftLanguageModes: [.v6]
)

// As in the server's package, so that the same code is compiled.
for target in package.targets where ["EvaluationTimes", "FlagEngine", "EngineKit", "Notation"].contains(target.name) {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
