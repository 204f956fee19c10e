extension Listing {
    /// The part of a folder that a request asks for with `after` and `limit`; a limit of 0 or less is none.
    ///
    /// - Parameters:
    ///   - request: the listing's request.
    ///   - folder: the folder.
    ///   - isRecursive: whether the names of everything below are asked for.
    ///   - cap: the most names, whatever is asked for.
    package init(
        of folder: Folder, asked request: EngineRequest, isRecursive: Bool, cap: Int = .max
    ) throws(EngineError) {
        let after = try request.input.string("after").flatMap { $0.utf8.isEmpty ? nil : Array($0.utf8) }
        let limit = try request.input.int("limit") ?? 0
        self.init(of: folder, isRecursive: isRecursive, after: after, limit: min(limit > 0 ? limit : .max, cap))
    }
}
