import EngineKit
import Notation
import VaultCrypto

extension SystemEngine {
    var toolRoutes: [Route] {
        [
            Route("tools/random", "Random bytes.").taking(["bytes", "format", "source"]).on(.update, serve: random),
            Route("tools/random/:urlbytes", "Random bytes.").taking(["bytes", "format", "source"]).on(
                .update, serve: random),
            Route("tools/random/:source/:urlbytes", "Random bytes from a source.").taking(["bytes", "format", "source"])
                .on(.update, serve: random),
            Route("tools/hash", "The hash of an input.").taking(["algorithm", "format", "input"])
                .on(.update, serve: hash),
            Route("tools/hash/:urlalgorithm", "The hash of an input.").taking(["algorithm", "format", "input"])
                .on(.update, serve: hash),
        ]
    }

    @Sendable private func random(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        var captured = request.captures.text("urlbytes")
        var source = request.captures.text("source")
        // `random/platform` names a source where `random/32` names a count.
        if source.utf8.isEmpty, ["platform", "seal", "all"].contains(captured) { (source, captured) = (captured, "") }
        if source.utf8.isEmpty { source = try request.input.string("source") ?? "platform" }
        guard ["platform", "seal", "all", ""].contains(source) else {
            throw .invalid("unsupported entropy source; must be \"platform\", \"seal\" or \"all\"")
        }
        let count: Int
        if captured.utf8.isEmpty {
            count = try request.input.int("bytes") ?? 32
        } else {
            guard let value = Int(captured) else { throw .field("bytes", "an integer") }
            count = value
        }
        guard count >= 1 else { throw .invalid("'bytes' cannot be less than 1") }
        guard count <= 131_072 else { throw .invalid("'bytes' should be less than 131072") }
        return .data(["random_bytes": .string(try encode(request.random.bytes(count), request, default: "base64"))])
    }

    @Sendable private func hash(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError)
        -> EngineResponse
    {
        var algorithm = request.captures.text("urlalgorithm")
        if algorithm.utf8.isEmpty { algorithm = try request.input.string("algorithm") ?? "sha2-256" }
        guard let input = Base64.decode(try request.input.string("input") ?? "") else {
            throw .invalid("unable to decode input as base64")
        }
        let sum: [UInt8]
        switch algorithm {
        case "sha2-224": sum = Self.array(SHA224.hash(input.span))
        case "sha2-256": sum = Self.array(SHA256.hash(input.span))
        case "sha2-384": sum = Self.array(SHA384.hash(input.span))
        case "sha2-512": sum = Self.array(SHA512.hash(input.span))
        default:
            throw .invalid("unsupported algorithm; must be \"sha2-224\", \"sha2-256\", \"sha2-384\" or \"sha2-512\"")
        }
        return .data(["sum": .string(try encode(sum, request, default: "hex"))])
    }

    private static func array<let count: Int>(_ digest: [count of UInt8]) -> [UInt8] {
        digest.indices.map { digest[$0] }
    }

    private func encode(_ bytes: [UInt8], _ request: EngineRequest, default format: String) throws(EngineError)
        -> String
    {
        switch try request.input.string("format") ?? format {
        case "hex": Hexadecimal.encode(bytes)
        case "base64": Base64.encode(bytes)
        default: throw .invalid("unsupported encoding format; must be \"hex\" or \"base64\"")
        }
    }
}
