import AsyncHTTPClient
import FlagEngine
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Notation
import VaultCrypto

/// Sends messages to webhooks' receivers, signed (Standard Webhooks 1.0, "v1": HMAC-SHA256).
///
/// The host's name is resolved first, and the connection goes to the address that was looked at, so a name that changes
/// its address in between leads nowhere else. Redirects are not followed, and of the answer only the status is read.
struct WebhookSender: Sendable {
    /// How long one message may take once the name is resolved, up to the head of the answer.
    private static let patience = TimeAmount.seconds(10)

    /// Where messages may go.
    let rules: WebhookRules

    /// Sends a message.
    func send(_ message: WebhookMessage) async -> WebhookMessage.Outcome {
        do {
            let status = try await post(message)
            switch status {
            case 200..<300: return .taken
            case 410: return .unwanted
            default: return .failed("the receiver answered \(status)")
            }
        } catch let refusal as Refusal {
            return .failed(refusal.reason)
        } catch {
            return .failed(Self.reason(error))
        }
    }

    /// Why a message was not even tried.
    private struct Refusal: Error {
        let reason: String
    }

    private func post(_ message: WebhookMessage) async throws -> Int {
        let target = try HTTPClient.Request(url: message.url)
        let address = try await resolve(target.host, port: target.port)
        guard rules.allow(address, isPlain: !target.useTLS) else {
            throw Refusal(reason: "the server's configuration does not allow the receiver's address")
        }
        let now = Timestamp.now()
        var request = HTTPClientRequest(url: message.url)
        request.method = .POST
        request.headers = [
            "content-type": "application/json", "user-agent": "PulseVault-Webhook/1", "webhook-id": message.id,
            "webhook-timestamp": String(now.seconds),
            "webhook-signature": "v1," + (try Self.signature(of: message, at: now)),
        ]
        request.body = .bytes(message.body)
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: try settings(connecting: target.host, to: address))
        do {
            let status = Int(try await client.execute(request, timeout: Self.patience).status.code)
            // The body is not read: its connection ends with the client.
            try await client.shutdown()
            return status
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func settings(connecting host: String, to address: String) throws -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let file = rules.authoritiesFile { tls.trustRoots = .file(file) }
        var settings = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: Self.patience, read: Self.patience))
        settings.httpVersion = .http1Only
        // The queue tries again, and says meanwhile what went wrong.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.dnsOverride = [host: address]
        return settings
    }

    /// The first address of a host, numeric. The system's resolver blocks, so it is asked on a thread of its own.
    private func resolve(_ host: String, port: Int) async throws -> String {
        let resolved = try await NIOThreadPool.singleton.runIfActive {
            try SocketAddress.makeAddressResolvingHost(host, port: port)
        }
        guard let address = resolved.ipAddress else { throw Refusal(reason: "the receiver has no address") }
        return address
    }

    /// The base64 of the code of identifier, time and body with dots between.
    private static func signature(of message: WebhookMessage, at time: Timestamp) throws -> String {
        let signed = Array("\(message.id).\(time.seconds).".utf8) + message.body
        let key = try HMACKey(SecretBytes(copying: message.secret.span))
        let code = key.authenticate(signed.span)
        return Base64.encode(code.indices.map { code[$0] })
    }

    private static func reason(_ error: any Error) -> String {
        let late: [HTTPClientError] = [.connectTimeout, .readTimeout, .deadlineExceeded]
        if let error = error as? HTTPClientError, late.contains(error) { return "the receiver did not answer in time" }
        if error is NIOSSLError || error is BoringSSLError { return "no secure connection to the receiver came about" }
        return "the receiver cannot be reached"
    }
}
