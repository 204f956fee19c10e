package import Notation

extension AccessControlList {
    /// Whether the list allows anything at all on a path or below it, as needed to be shown a mount.
    ///
    /// - Parameters:
    ///   - mount: the mount's path with its trailing `/`, as bytes.
    ///   - now: the time of the request.
    package func allowsAnything(below mount: [UInt8], now: Timestamp) -> Bool {
        if isRoot { return true }
        if let rule = winner(mount.span, listing: true, now: now), rule.grantsSomething { return true }
        return rules.contains { $0.grantsSomething && $0.pattern.reaches(below: mount) }
    }
}

extension EffectiveRule {
    fileprivate var grantsSomething: Bool { !isDeny && !capabilities.isEmpty }
}

extension PathPattern {
    /// Whether the pattern matches some path that begins with a folder.
    fileprivate func reaches(below folder: [UInt8]) -> Bool {
        guard case .segments = kind else { return bytes.hasBytePrefix(folder) }
        let own = bytes.split(separator: Self.slash, omittingEmptySubsequences: false)
        let wanted = folder.split(separator: Self.slash, omittingEmptySubsequences: false).dropLast()
        guard own.count > wanted.count else { return false }
        return zip(own, wanted).allSatisfy { $0.elementsEqual([Self.plus]) || $0.elementsEqual($1) }
    }
}
