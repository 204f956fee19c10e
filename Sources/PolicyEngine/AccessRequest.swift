package import Notation

/// What is asked of the access control list: one operation on one path.
package struct AccessRequest: ~Escapable {
    /// What the request asks to do.
    package let operation: AccessOperation
    /// The canonical path as bytes, without `v1/`; the paths of listings end in `/`.
    package let path: Span<UInt8>
    /// Whether the path is root-protected, so that the rule must grant `sudo` as well.
    package let needsSudo: Bool
    /// The lifetime asked for the wrapped response in seconds; `nil` when the response is not to be wrapped.
    package let wrapTTLSeconds: Int?
    /// The time of the request, which ends rules with an expiration.
    package let now: Timestamp

    /// Describes a request.
    @_lifetime(copy path)
    package init(
        _ operation: AccessOperation, path: Span<UInt8>, needsSudo: Bool = false, wrapTTLSeconds: Int? = nil,
        now: Timestamp
    ) {
        self.operation = operation
        self.path = path
        self.needsSudo = needsSudo
        self.wrapTTLSeconds = wrapTTLSeconds
        self.now = now
    }
}
