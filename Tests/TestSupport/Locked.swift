import Synchronization

/// A value that several threads may change.
public final class Locked<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  /// Starts with `value`.
  public init(_ value: Value) { mutex = Mutex(value) }

  /// The value now.
  public var value: Value { mutex.withLock { $0 } }

  /// Changes the value.
  public func change(_ work: (inout Value) -> Void) { mutex.withLock { work(&$0) } }
}
