/// The event by which a channel learns that the body of a request that said `Expect: 100-continue` is to be read: the
/// client may wait for `100 Continue` before it sends it (RFC 9110, section 10.1.1).
///
/// It goes the way of the answers, so it stays behind the ones to the requests before.
struct BodyAwaited: Sendable {}
