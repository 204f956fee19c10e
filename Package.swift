// swift-tools-version: 6.3
import PackageDescription

// Floors, imports pointing down only; docs/architecture.md tells what each target is.
//
//   4  PulseVault (server)                    vaultcli (client)
//   3  VaultCore                              VaultClient
//   2  Storage  KVEngine  FlagEngine  ConfigEngine  ApplicationEngine  ChangeSetEngine  Identity  Audit
//   1  VaultCrypto  EngineKit  PolicyEngine
//   0  Notation  CSodium  CSQLite
let package = Package(
    name: "pulsevault",
    products: [
        .executable(name: "pulsevault", targets: ["PulseVault"]),
        .executable(name: "vaultcli", targets: ["vaultcli"]),
        .library(name: "VaultClient", targets: ["VaultClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "Notation"),
        .target(name: "VaultCrypto", dependencies: ["CSodium"], path: "Sources/Crypto"),
        .target(name: "EngineKit", dependencies: ["Notation"]),
        .target(name: "PolicyEngine", dependencies: ["Notation"]),
        .target(name: "Storage", dependencies: ["EngineKit", "Notation", "VaultCrypto", "CSQLite"]),
        .target(name: "KVEngine", dependencies: ["EngineKit", "Notation"]),
        .target(name: "FlagEngine", dependencies: ["EngineKit", "Notation"]),
        .target(name: "ConfigEngine", dependencies: ["EngineKit", "Notation"]),
        .target(name: "ApplicationEngine", dependencies: ["EngineKit", "Notation"]),
        .target(name: "ChangeSetEngine", dependencies: ["EngineKit", "Notation"]),
        .target(name: "Identity", dependencies: ["EngineKit", "Notation"]),
        .target(name: "Audit", dependencies: ["EngineKit", "Notation", "VaultCrypto"]),
        .target(
            name: "VaultCore",
            dependencies: [
                "ApplicationEngine", "Audit", "ChangeSetEngine", "ConfigEngine", "EngineKit", "FlagEngine", "Identity",
                "KVEngine", "Notation", "PolicyEngine", "Storage", "VaultCrypto",
            ]),
        .executableTarget(
            name: "PulseVault",
            dependencies: [
                "Audit", "EngineKit", "FlagEngine", "Identity", "Notation", "PolicyEngine", "Storage", "VaultCore",
                "VaultCrypto", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [
                .embedInCode("HTTP/Published/application-api.json"),
                .embedInCode("HTTP/Published/pulsevault-flags.mjs"),
                .embedInCode("HTTP/Published/pulsevault-flags.d.mts"),
            ]),
        .target(
            name: "VaultClient",
            dependencies: [
                "Notation", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .executableTarget(
            name: "vaultcli",
            dependencies: [
                "Audit", "Notation", "PolicyEngine", "Storage", "VaultClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "NotationTests", dependencies: ["Notation"]),
        .testTarget(name: "CryptoTests", dependencies: ["VaultCrypto"]),
        .testTarget(name: "PolicyTests", dependencies: ["Notation", "PolicyEngine"]),
        .testTarget(name: "EngineKitTests", dependencies: ["EngineKit", "Notation"]),
        .testTarget(
            name: "StorageTests", dependencies: ["EngineKit", "Notation", "Storage", "VaultCrypto", "CSQLite"]),
        .testTarget(name: "KVEngineTests", dependencies: ["EngineKit", "KVEngine", "Notation"]),
        .testTarget(name: "FlagEngineTests", dependencies: ["EngineKit", "FlagEngine", "Notation"]),
        .testTarget(name: "ConfigEngineTests", dependencies: ["ConfigEngine", "EngineKit", "Notation"]),
        .testTarget(name: "ApplicationEngineTests", dependencies: ["ApplicationEngine", "EngineKit", "Notation"]),
        .testTarget(name: "ChangeSetEngineTests", dependencies: ["ChangeSetEngine", "EngineKit", "Notation"]),
        .testTarget(name: "IdentityTests", dependencies: ["EngineKit", "Identity", "Notation", "VaultCrypto"]),
        .testTarget(name: "AuditTests", dependencies: ["Audit", "EngineKit", "Notation", "VaultCrypto"]),
        .testTarget(
            name: "VaultCoreTests",
            dependencies: [
                "Audit", "EngineKit", "FlagEngine", "Identity", "Notation", "PolicyEngine", "Storage", "VaultCore",
                "VaultCrypto",
            ]),
        .testTarget(
            name: "CLITests",
            dependencies: [
                "Audit", "EngineKit", "Notation", "Storage", "VaultClient", "VaultCrypto", "vaultcli",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
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
