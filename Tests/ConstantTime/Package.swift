// swift-tools-version: 6.3
import PackageDescription

// A program for valgrind: Shamir's secret sharing with its secrets marked, see scripts/constant-time.sh.
let package = Package(
    name: "constant-time",
    targets: [
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CMemcheck", providers: [.apt(["valgrind"])]),
        .target(name: "VaultCrypto", dependencies: ["CSodium"]),
        .executableTarget(name: "ShamirUnderMemcheck", dependencies: ["CMemcheck", "VaultCrypto"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
