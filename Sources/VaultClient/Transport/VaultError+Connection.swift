internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

extension VaultError {
    /// Makes a failure from what the HTTP client threw.
    ///
    /// - Parameters:
    ///   - message: the message that failed.
    ///   - error: what was thrown.
    init(connecting message: WireMessage, _ error: any Error) {
        switch error {
        case let error as VaultError:
            self = error
        case is CancellationError, HTTPClientError.cancelled as HTTPClientError:
            self.init(.cancelled, "cancelled", in: message)
        case is NIOTooManyBytesError:
            self.init(.oversized, "the answer is larger than \(HTTPTransport.largestResponse) bytes", in: message)
        case let error as HTTPClientError:
            let code: Code = Self.timeouts.contains(error) ? .timedOut : .unreachable
            self.init(code, error.shortDescription, in: message)
        case let error as NIOConnectionError:
            self.init(.unreachable, Self.reason(of: error), in: message)
        case is NIOSSLExtraError:
            self.init(
                .unreachable, "the server's certificate is for another name; say which with -tls-server-name",
                in: message)
        case let error as NIOSSLError:
            self.init(.unreachable, Self.tlsReason(String(describing: error)), in: message)
        case let error as BoringSSLError:
            self.init(.unreachable, Self.tlsReason(String(describing: error)), in: message)
        case let error as IOError:
            self.init(.unreachable, unsafe String(cString: strerror(error.errnoCode)), in: message)
        default:
            self.init(.unreachable, String(describing: error), in: message)
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout,
    ]

    private static func reason(of error: NIOConnectionError) -> String {
        if error.dnsAError != nil || error.dnsAAAAError != nil, error.connectionErrors.isEmpty {
            return "the host \(error.host) is not known"
        }
        guard let first = error.connectionErrors.first else { return "no connection to \(error.host):\(error.port)" }
        // strerror returns a constant text, or one of this thread that lives until its next call.
        let reason = (first.error as? IOError).map { unsafe String(cString: strerror($0.errnoCode)) }
        return "no connection to \(error.host):\(error.port): \(reason ?? String(describing: first.error))"
    }

    private static func tlsReason(_ text: String) -> String {
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("EOF during handshake") {
            return "the server does not answer in TLS; is its address http:// rather than https://?"
        }
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "the server's certificate is not trusted; name its authority with -ca-cert"
        }
        return "TLS: " + text
    }
}
