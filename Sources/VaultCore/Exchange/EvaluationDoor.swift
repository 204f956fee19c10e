import Identity
import Notation

/// A request to evaluate flags by a protocol that names no environment, such as OFREP.
///
/// The environment is the one in the token's metadata, so that a token made for an application cannot be talked into
/// another one; where the token has none, the one the request asks for; else the door's default.
package struct EvaluationDoor: Sendable {
    /// The mount's path with its trailing slash.
    package let mount: [UInt8]
    /// The flag's key; `nil` for all flags.
    package let flag: [UInt8]?
    /// The environment that the request asks for; `nil` when it says none.
    package let environment: [UInt8]?
    /// The environment of requests that nothing else decides about.
    package let defaultEnvironment: [UInt8]

    /// Describes a request to evaluate.
    package init(mount: [UInt8], flag: [UInt8]?, environment: [UInt8]?, defaultEnvironment: [UInt8]) {
        self.mount = mount
        self.flag = flag
        self.environment = environment
        self.defaultEnvironment = defaultEnvironment
    }

    /// The logical path that policies, audit and the engine see; `nil` when the token's metadata, which is free text,
    /// binds it to something that cannot be an environment.
    ///
    /// The flag is one segment of it: bytes that no flag's key has are percent-encoded.
    func path(for holder: TokenHolder?) -> [UInt8]? {
        let own = holder?.entry.metadata?.first { $0.name.utf8.elementsEqual("environment".utf8) }?.value
        let chosen = own.map { Array($0.utf8) } ?? environment ?? defaultEnvironment
        guard Self.isName(chosen) else { return nil }
        var path = mount + Array("evaluate/".utf8) + chosen
        if let flag {
            path.append(UInt8(ascii: "/"))
            for byte in flag { Self.append(byte, to: &path) }
        }
        return path
    }

    private static func append(_ byte: UInt8, to path: inout [UInt8]) {
        if isName(CollectionOfOne(byte)) || byte == UInt8(ascii: ":") { return path.append(byte) }
        path.append(UInt8(ascii: "%"))
        path += Hexadecimal.encode([byte]).utf8
    }

    /// Whether bytes can be an environment's name: 1 to 64 of `A-Z a-z 0-9 . _ -`.
    package static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        (1...64).contains(bytes.count)
            && bytes.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
    }
}
