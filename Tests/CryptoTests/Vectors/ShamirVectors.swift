@testable import VaultCrypto

/// Shares and field arithmetic cross-checked against the tables of HashiCorp Vault 1.8's `shamir` package.
///
/// Source: computed by an independent program (shift-and-reduce multiplication in the field 0x11b), whose 65,536 products
/// and quotients equal those of Vault's logarithm tables, and whose shares Vault's own `Combine` accepts.
enum ShamirVectors {
    struct Vector: Sendable {
        let secret: [UInt8]
        let threshold: Int
        /// `threshold - 1` a byte, the linear one first.
        let coefficients: [UInt8]
        let shares: [[UInt8]]
    }

    static let v1 = Vector(
        secret: text("test"), threshold: 3, coefficients: bytes("11a0 22a1 33a2 44a3"),
        shares: ["c5e6e29301", "e093ab4602", "51103aa103", "de1371a104", "6f90e04605"].map(bytes))

    /// The coefficients of byte i are the first two bytes of SHA-256("pulsevault-shamir-v2" | i).
    static let v2 = Vector(
        secret: Array(0..<32), threshold: 3,
        coefficients: (UInt8(0)..<32).flatMap { index in
            SHA256.hash((text("pulsevault-shamir-v2") + [index]).span).array.prefix(2)
        },
        shares: [
            "0751a60c67b7e3cc27e196485492debe5b98f1fb420e3d7dd2b78deb04a787a001",
            "e3b69a7baeafbf8b731430070fdb254330477a92f67eb7de950c9f320158d93f7f",
            "d1d2be442447f9f8c74183685f20f7dea41534b44c5f7301fc6b5544f96575d280",
            "35358233ed5fa5bf93b4252704690c23cfcabfddf82ff9a2bbd0479dfc9a2b4dfe",
            "3265263c8eed4074bc5cb9645cf6dc9284435c35ae34d2c8717ed06de420b2f2ff",
        ].map(bytes))

    static let v3 = Vector(secret: [0], threshold: 2, coefficients: [1], shares: ["5353", "caca"].map(bytes))

    static let v4 = Vector(
        secret: bytes("ff0080"), threshold: 2, coefficients: bytes("00ff1b"),
        shares: ["ffe5b602", "ff1aad03"].map(bytes))

    static let all = [v1, v2, v3, v4]

    static let products: [(left: UInt8, right: UInt8, product: UInt8)] = [
        (0x57, 0x83, 0xC1), (0x57, 0x13, 0xFE), (0x53, 0xCA, 0x01), (0x03, 0x07, 0x09), (0x80, 0x02, 0x1B),
        (0xFF, 0xFF, 0x13),
    ]
}
