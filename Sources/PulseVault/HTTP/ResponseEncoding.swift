import HTTPTypes
import HummingbirdCore
import NIOCore
import VaultCore

/// From an answer of the vault to HTTP: status, headers and body.
enum ResponseEncoding {
    /// Sends an answer.
    ///
    /// - Parameters:
    ///   - response: the answer.
    ///   - writer: where to; used up.
    ///   - omitsBody: whether the request was a `HEAD`.
    ///   - closes: whether the connection ends with this answer.
    static func write(
        _ response: VaultResponse, to writer: consuming ResponseWriter, omitsBody: Bool, closes: Bool
    ) async throws {
        var fields = HTTPFields()
        fields[.cacheControl] = "no-store"
        fields[.strictTransportSecurity] = "max-age=31536000; includeSubDomains"
        if let type = response.contentType { fields[.contentType] = type }
        if response.status != 204 { fields[.contentLength] = String(response.body.count) }
        if closes { fields[.connection] = "close" }
        let head = HTTPResponse(status: .init(code: Int(response.status)), headerFields: fields)
        if omitsBody || response.body.isEmpty {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: .init(byteBuffer: ByteBuffer(bytes: response.body)))
        }
    }
}
