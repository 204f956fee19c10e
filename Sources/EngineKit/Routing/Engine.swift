/// A type of mount: what it serves, as a table of routes.
///
/// An engine is made once for each type, not for each mount; the request tells the mount. All of its state is in the
/// store.
package protocol Engine: Sendable {
    /// The routes.
    var routes: RouteTable { get }
}
