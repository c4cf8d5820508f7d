package dotf.watcher;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which directory each watch descriptor stands for. A watch stays with its directory when that is
 * renamed, so descriptors map to (parent, name) and not to paths. Not thread-safe.
 */
final class WatchTree {
  private final Map<Integer, Node> byDescriptor = new HashMap<>();
  private int generation;
  private @Nullable Node root;

  /** A watched directory. */
  static final class Node {
    final int descriptor;
    private @Nullable Node parent;
    private String name = "";
    private @Nullable Map<String, Node> children;
    private int generation;

    private Node(int descriptor) {
      this.descriptor = descriptor;
    }

    @Nullable Node child(String childName) {
      return children == null ? null : children.get(childName);
    }
  }

  int size() {
    return byDescriptor.size();
  }

  @Nullable Node find(int descriptor) {
    return byDescriptor.get(descriptor);
  }

  boolean isRoot(Node node) {
    return node == root;
  }

  /** Begins a round of attaching everything anew; see {@link #stale}. */
  void beginRound() {
    generation++;
  }

  /** Descriptors of the directories that were not attached since {@link #beginRound}. */
  List<Integer> stale() {
    List<Integer> descriptors = new ArrayList<>();
    byDescriptor.forEach(
        (descriptor, node) -> {
          if (node.generation != generation) {
            descriptors.add(descriptor);
          }
        });
    return descriptors;
  }

  /**
   * Puts a directory under a parent (null: it is the root), moving it there when it is known; null
   * when it would become its own ancestor, which happens only when events were out of step.
   */
  @Nullable Node attach(int descriptor, @Nullable Node parent, String name) {
    Node node = byDescriptor.computeIfAbsent(descriptor, Node::new);
    for (Node above = parent; above != null; above = above.parent) {
      if (above == node) {
        return null;
      }
    }
    node.generation = generation;
    if (parent == null) {
      root = node;
      return node;
    }
    if (node.parent == parent && node.name.equals(name)) {
      return node;
    }
    detach(node);
    if (parent.children == null) {
      parent.children = HashMap.newHashMap(2);
    }
    Node former = parent.children.put(name, node);
    if (former != null) {
      former.parent = null;
    }
    node.parent = parent;
    node.name = name;
    return node;
  }

  /** Takes a directory, with all below it, out of the tree; its watches go on. */
  void detach(Node node) {
    Node parent = node.parent;
    node.parent = null;
    if (parent != null && parent.children != null) {
      parent.children.remove(node.name, node);
      if (parent.children.isEmpty()) {
        parent.children = null;
      }
    }
  }

  boolean isDetached(Node node) {
    return node.parent == null && node != root;
  }

  /** Forgets a watch that has ended. */
  void remove(Node node) {
    detach(node);
    byDescriptor.remove(node.descriptor, node);
    if (node.children != null) {
      node.children.values().forEach(child -> child.parent = null);
      node.children = null;
    }
  }

  /** The directory and all below it, parents first. */
  List<Node> subtree(Node top) {
    List<Node> nodes = new ArrayList<>();
    Deque<Node> pending = new ArrayDeque<>();
    pending.push(top);
    while (!pending.isEmpty()) {
      Node node = pending.pop();
      nodes.add(node);
      if (node.children != null) {
        node.children.values().forEach(pending::push);
      }
    }
    return nodes;
  }

  /** The path of an entry of a directory; null when the directory is in no place we know of. */
  @Nullable String path(@Nullable Node directory, String entry) {
    if (directory == null || directory == root) {
      return entry;
    }
    Deque<String> names = new ArrayDeque<>();
    names.push(entry);
    for (Node node = directory; node != root; node = Objects.requireNonNull(node.parent)) {
      if (node.parent == null) {
        return null;
      }
      names.push(node.name);
    }
    return String.join("/", names);
  }
}
