import EngineKit
import VaultCrypto

/// Which vault this is.
package struct ClusterIdentity: Sendable, Hashable {
    /// The cluster's UUID, 16 bytes. Every seal is bound to it.
    package let id: [UInt8]
    /// The name shown in `cluster_name`.
    package let name: [UInt8]

    /// The longest name, in bytes.
    package static let nameLimit = 1024

    /// Makes an identity; `nil` unless the identifier has 16 bytes and the name at most `nameLimit`.
    package init?(id: [UInt8], name: [UInt8]) {
        guard id.count == 16, name.count <= Self.nameLimit else { return nil }
        self.id = id
        self.name = name
    }
}

/// The one record that is read before a key is at hand: how to unseal, and the two sealed keys.
///
///     "PULSEVLT" 8 | format 1 | type of seal 1 (1: shamir) | shares 1 | threshold 1 |
///     cluster 16 | length of its name 2 | name |
///     seal generation 8 | length 2 | root key's envelope |
///     keyring generation 8 | length 4 | keyring's envelope
///
/// Numbers are big-endian. It lies in the clear, and what is clear in it is bound into the envelopes: the root key
/// is sealed under the unseal key for cluster, seal generation, shares and threshold; the keyring is sealed under the
/// root key for cluster, name and keyring generation.
struct Bootstrap: Sendable {
    /// How many shares there are and how many are needed.
    var configuration: SealConfiguration
    /// Which vault this is.
    var cluster: ClusterIdentity
    /// Grows with each change of the unseal key.
    var sealGeneration: UInt64
    /// The root key under the unseal key.
    var sealedRoot: [UInt8]
    /// Grows with each change of the keyring.
    var keyringGeneration: UInt64
    /// The keyring under the root key.
    var sealedKeyring: [UInt8]

    private static let magic = Array("PULSEVLT".utf8)
    private static let shamir: UInt8 = 1

    /// The record's bytes.
    func encode() -> SealedValue {
        var bytes = Self.magic
        bytes += [1, Self.shamir, configuration.shares, configuration.threshold]
        bytes += cluster.id
        bytes.append(bigEndian: UInt16(clamping: cluster.name.count))
        bytes += cluster.name
        bytes.append(bigEndian: sealGeneration)
        bytes.append(bigEndian: UInt16(clamping: sealedRoot.count))
        bytes += sealedRoot
        bytes.append(bigEndian: keyringGeneration)
        bytes.append(bigEndian: UInt32(clamping: sealedKeyring.count))
        bytes += sealedKeyring
        return SealedValue(sealed: bytes)
    }

    /// What the sealed root key is bound to.
    var rootContext: SealingContext {
        var context = SealingContext(domain: "pv1|root")
        context.append(cluster.id)
        context.append(sealGeneration)
        context.append([configuration.shares, configuration.threshold])
        return context
    }

    /// What the sealed keyring is bound to.
    var keyringContext: SealingContext {
        var context = SealingContext(domain: "pv1|keyring")
        context.append(cluster.id)
        context.append(cluster.name)
        context.append(keyringGeneration)
        return context
    }

    /// The term that the two envelopes give: their keys belong to none.
    static let term: UInt32 = 0
    /// The number that the envelope of the root key gives for the unseal key.
    static let unsealKeyID: UInt64 = 0
    /// The number that the envelope of the keyring gives for the root key.
    static let rootKeyID: UInt64 = 1
}

extension Bootstrap {
    /// Reads the record.
    ///
    /// - Returns: `nil` when the bytes are none.
    init?(decoding value: SealedValue) {
        var rest = value.bytes[...]
        guard Self.take(8, from: &rest).elementsEqual(Self.magic), Self.takeNumber(1, from: &rest) == 1,
            Self.takeNumber(1, from: &rest) == UInt64(Self.shamir),
            let shares = Self.takeNumber(1, from: &rest), let threshold = Self.takeNumber(1, from: &rest)
        else { return nil }
        // A configuration that does not pass is as unreadable as a broken record.
        guard let configuration = try? SealConfiguration(shares: Int(shares), threshold: Int(threshold)) else {
            return nil
        }
        let clusterID = Array(Self.take(16, from: &rest))
        guard let name = Self.takeSized(2, from: &rest), let cluster = ClusterIdentity(id: clusterID, name: name),
            let sealGeneration = Self.takeNumber(8, from: &rest), let root = Self.takeSized(2, from: &rest),
            let keyringGeneration = Self.takeNumber(8, from: &rest), let keyring = Self.takeSized(4, from: &rest),
            rest.isEmpty
        else { return nil }
        self.init(
            configuration: configuration, cluster: cluster, sealGeneration: sealGeneration, sealedRoot: root,
            keyringGeneration: keyringGeneration,
            sealedKeyring: keyring)
    }

    private static func take(_ count: Int, from rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func takeNumber(_ count: Int, from rest: inout ArraySlice<UInt8>) -> UInt64? {
        let bytes = take(count, from: &rest)
        return bytes.count == count ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }

    private static func takeSized(_ count: Int, from rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let length = takeNumber(count, from: &rest), length <= UInt64(rest.count) else { return nil }
        return Array(take(Int(length), from: &rest))
    }
}
