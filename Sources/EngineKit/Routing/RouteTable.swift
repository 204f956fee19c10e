/// The routes of an engine. The order in which they are written does not matter: the most specific match wins.
package struct RouteTable: Sendable {
    /// All routes, the most specific first.
    package let routes: [Route]

    /// Makes a table.
    package init(_ routes: [Route]) {
        self.routes = routes.sorted { left, right in
            right.template.specificity.lexicographicallyPrecedes(left.template.specificity)
        }
    }

    /// A route with what its pattern captured.
    package struct Match: Sendable {
        /// The route.
        package let route: Route
        /// The named parts of the path.
        package let captures: Captures
    }

    /// The route for a path; a route that knows the operation is preferred to one that only matches the path.
    package func match(_ path: [UInt8], _ operation: Operation) -> Match? {
        var first: Match?
        for route in routes {
            guard let captures = route.template.match(path) else { continue }
            let match = Match(route: route, captures: captures)
            if Self.serves(route, operation) { return match }
            if first == nil { first = match }
        }
        return first
    }

    private static func serves(_ route: Route, _ operation: Operation) -> Bool {
        if route.handlers[operation] != nil { return true }
        return operation == .create && route.handlers[.update] != nil
    }
}
