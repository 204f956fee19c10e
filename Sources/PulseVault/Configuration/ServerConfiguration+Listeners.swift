import NIOCore
import Notation

/// The `listener` blocks: addresses, TLS, and what clients may take.
extension ServerConfiguration {
    /// Reads the `listener` blocks.
    mutating func readListeners(_ body: HCLBody, file: String) throws(HCLError) {
        for block in try body.blocks(named: "listener", labels: 1) {
            guard block.labels.first == "tcp" else { throw block.error("unknown listener type; expected \"tcp\"") }
            var listener = Listener()
            if let address = try block.body.value(named: "address")?.stringValue {
                guard let (host, port) = Self.hostAndPort(address) else {
                    throw block.error("address must be host:port")
                }
                (listener.host, listener.port) = (host, port)
            }
            if try !(block.body.value(named: "tls_disable")?.boolean ?? false) { listener.tls = try Self.tls(block) }
            try Self.readLimits(block.body, &listener)
            for item in block.body.items where !Self.listenerKeys.contains(item.name) {
                warnings.append("\(file): line \(item.line): unknown listener key \"\(item.name)\" is ignored")
            }
            listeners.append(listener)
        }
    }

    /// Splits `host:port`; IPv6 addresses stand in brackets.
    static func hostAndPort(_ address: String) -> (host: String, port: Int)? {
        let bytes = Array(address.utf8)
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")),
            let port = Int(String(decoding: bytes[(colon + 1)...], as: UTF8.self)), (0...65535).contains(port)
        else { return nil }
        let brackets: [UInt8] = [UInt8(ascii: "["), UInt8(ascii: "]")]
        let host = String(decoding: bytes[..<colon].filter { !brackets.contains($0) }, as: UTF8.self)
        return (host.utf8.isEmpty ? "0.0.0.0" : host, port)
    }

    private static let listenerKeys: Set<String> = [
        "address", "tls_disable", "tls_cert_file", "tls_key_file", "tls_min_version", "tls_client_ca_file",
        "tls_require_and_verify_client_cert", "http_read_header_timeout", "http_read_timeout", "http_write_timeout",
        "http_idle_timeout", "max_connections_per_address",
        // Vault's, of no meaning here: there is no second port between the nodes of a cluster.
        "cluster_address",
    ]

    private static func readLimits(_ body: HCLBody, _ listener: inout Listener) throws(HCLError) {
        if let time = try timeout("http_read_header_timeout", body) { listener.timeouts.head = time }
        if let time = try timeout("http_read_timeout", body) { listener.timeouts.request = time }
        if let time = try timeout("http_write_timeout", body) { listener.timeouts.writeProgress = time }
        if let time = try timeout("http_idle_timeout", body) { listener.timeouts.idle = time }
        if let item = try body.item(named: "max_connections_per_address") {
            guard let count = item.value.integer, count >= 0 else {
                throw item.error("expected a number, 0 for no limit")
            }
            listener.connectionsPerAddress = count == 0 ? nil : Int(clamping: count)
        }
    }

    /// A time limit; `nil` where the default holds, which 0 asks for as well: there is no connection without limits.
    private static func timeout(_ name: String, _ body: HCLBody) throws(HCLError) -> TimeAmount? {
        guard let item = try body.item(named: name) else { return nil }
        guard let duration = item.value.duration, !duration.isNegative else { throw item.error("expected a duration") }
        return duration.nanoseconds == 0 ? nil : .nanoseconds(Int64(clamping: duration.nanoseconds))
    }

    private static func tls(_ block: HCLBlock) throws(HCLError) -> TLS {
        guard let certificate = try block.body.value(named: "tls_cert_file")?.stringValue,
            let key = try block.body.value(named: "tls_key_file")?.stringValue
        else { throw block.error("tls_cert_file and tls_key_file are needed unless tls_disable is set") }
        var tls = TLS(certificateFile: certificate, keyFile: key)
        switch try block.body.value(named: "tls_min_version")?.stringValue {
        case nil, "tls13": break
        case "tls12": tls.allowsTLS12 = true
        default: throw block.error("tls_min_version must be \"tls12\" or \"tls13\"")
        }
        if try block.body.value(named: "tls_require_and_verify_client_cert")?.boolean ?? false {
            guard let file = try block.body.value(named: "tls_client_ca_file")?.stringValue else {
                throw block.error("tls_client_ca_file is needed to verify client certificates")
            }
            tls.clientCAFile = file
        }
        return tls
    }
}
