package dotf.agent.journal;

import dotf.agent.journal.JournalRecord.Absorbed;
import dotf.agent.journal.JournalRecord.FileDeleted;
import dotf.agent.journal.JournalRecord.FileRecalled;
import dotf.agent.journal.JournalRecord.FileRenamed;
import dotf.agent.journal.JournalRecord.FileReplaced;
import dotf.agent.journal.JournalRecord.FileStored;
import dotf.agent.journal.JournalRecord.FileTrashed;
import dotf.agent.journal.JournalRecord.FolderAdded;
import dotf.agent.journal.JournalRecord.FolderFound;
import dotf.agent.journal.JournalRecord.FolderLeft;
import dotf.agent.journal.JournalRecord.FolderMaterialised;
import dotf.agent.journal.JournalRecord.FolderRemoved;
import dotf.agent.journal.JournalRecord.Sealed;
import dotf.chunker.manifest.FileId;
import dotf.dht.identity.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fold of a journal's records: which folders there are, which version each file has, what lies
 * in the trash, which versions were replaced lately. About 400 bytes of heap per file. Not safe for
 * use by several threads.
 */
final class JournalState {
  /** Of more versions that were replaced, the oldest are forgotten. */
  static final int REPLACED_MAX = 20_000;

  private final SortedMap<FolderId, JournalFolder> folders = new TreeMap<>();
  private final NavigableMap<FileKey, FileVersion> files = new TreeMap<>();
  private final Map<Loss, FileTrashed> trash = new LinkedHashMap<>();
  private final Map<Loss, FileReplaced> replaced = new LinkedHashMap<>();
  private final Map<FileId, List<FileKey>> names = new HashMap<>();
  private final SortedMap<NodeId, Long> absorbed = new TreeMap<>();

  /** When a file lost a version. */
  private record Loss(FileKey key, Instant at) {}

  void apply(JournalRecord record) {
    switch (record) {
      case FolderAdded(FolderId id, String path, boolean keep) -> {
        JournalFolder known = folders.get(id);
        boolean materialised = known != null && known.materialised();
        folders.put(id, new JournalFolder(id, path, keep, true, materialised));
      }
      case FolderFound(FolderId id, String path, boolean keep) ->
          folders.put(id, new JournalFolder(id, path, keep, false, false));
      case FolderRemoved(FolderId id) -> removeFolder(id);
      case FolderLeft(FolderId id) ->
          folders.computeIfPresent(
              id, (same, known) -> new JournalFolder(id, known.path(), known.keep(), false, true));
      case FolderMaterialised(FolderId id) ->
          folders.computeIfPresent(
              id, (same, known) -> new JournalFolder(id, known.path(), known.keep(), true, true));
      case FileStored(FileKey key, FileVersion version) -> put(key, version);
      case FileRenamed(FileKey from, FileKey to) -> {
        FileVersion version = take(from);
        if (version != null) {
          put(to, version);
        }
      }
      case FileDeleted(FileKey key, Instant at) -> {
        FileVersion version = take(key);
        if (version != null) {
          trash.put(new Loss(key, at), new FileTrashed(key, version, at));
        }
      }
      case FileTrashed trashed -> trash.put(new Loss(trashed.key(), trashed.at()), trashed);
      case FileReplaced former -> replaced(former);
      case FileRecalled(FileKey key, Instant at) -> {
        trash.remove(new Loss(key, at));
        replaced.remove(new Loss(key, at));
      }
      case Absorbed(NodeId device, long sequence) -> absorbed.merge(device, sequence, Math::max);
      case Sealed sealed -> {}
    }
  }

  /** Takes over what {@code other}, the state of a lost device, holds and this does not. */
  void merge(JournalState other) {
    for (JournalFolder folder : other.folders.values()) {
      folders.putIfAbsent(
          folder.id(), new JournalFolder(folder.id(), folder.path(), folder.keep(), false, false));
    }
    other.files.forEach(
        (key, version) -> {
          if (!files.containsKey(key)) {
            put(key, version);
          }
        });
    trash.putAll(other.trash);
    other.replaced.values().forEach(this::replaced);
    other.absorbed.forEach((device, sequence) -> absorbed.merge(device, sequence, Math::max));
  }

  /** Forgets what was deleted or replaced before {@code limit}. */
  void emptyTrash(Instant limit) {
    trash.keySet().removeIf(loss -> loss.at().isBefore(limit));
    replaced.keySet().removeIf(loss -> loss.at().isBefore(limit));
  }

  SortedMap<FolderId, JournalFolder> folders() {
    return Collections.unmodifiableSortedMap(folders);
  }

  @Nullable FileVersion find(FileKey key) {
    return files.get(key);
  }

  /** The names under which a file is known; a copied stub gives it several. */
  List<FileKey> namesOf(FileId file) {
    return names.getOrDefault(file, List.of());
  }

  /** The files of one folder, in path order. */
  NavigableMap<FileKey, FileVersion> filesOf(FolderId folder) {
    return Collections.unmodifiableNavigableMap(
        files.subMap(new FileKey(folder, ""), true, new FileKey(folder.next(), ""), false));
  }

  int size() {
    return files.size();
  }

  Collection<FileTrashed> trash() {
    return Collections.unmodifiableCollection(trash.values());
  }

  /** Versions that others took the place of, at most {@link #REPLACED_MAX}. */
  Collection<FileReplaced> replaced() {
    return Collections.unmodifiableCollection(replaced.values());
  }

  /** Up to which batch another device's journal is contained in this one; 0 for not at all. */
  long absorbed(NodeId device) {
    return absorbed.getOrDefault(device, 0L);
  }

  boolean isEmpty() {
    return folders.isEmpty() && files.isEmpty() && trash.isEmpty();
  }

  /** The shortest records whose fold is this state, always in the same order. */
  Iterable<JournalRecord> records() {
    List<JournalRecord> head = new ArrayList<>();
    absorbed.forEach((device, sequence) -> head.add(new Absorbed(device, sequence)));
    for (JournalFolder folder : folders.values()) {
      head.add(
          folder.attached() || folder.materialised()
              ? new FolderAdded(folder.id(), folder.path(), folder.keep())
              : new FolderFound(folder.id(), folder.path(), folder.keep()));
      if (folder.materialised()) {
        head.add(new FolderMaterialised(folder.id()));
      }
      if (folder.materialised() && !folder.attached()) {
        head.add(new FolderLeft(folder.id()));
      }
    }
    return () ->
        java.util.stream.Stream.of(
                head.stream(),
                files.entrySet().stream()
                    .map(file -> new FileStored(file.getKey(), file.getValue())),
                trash.values().stream(),
                replaced.values().stream())
            .<JournalRecord>flatMap(records -> records)
            .iterator();
  }

  private void removeFolder(FolderId id) {
    folders.remove(id);
    for (FileKey key : List.copyOf(filesOf(id).keySet())) {
      take(key);
    }
  }

  private void replaced(FileReplaced former) {
    replaced.put(new Loss(former.key(), former.at()), former);
    if (replaced.size() > REPLACED_MAX) {
      replaced.remove(replaced.keySet().iterator().next());
    }
  }

  private void put(FileKey key, FileVersion version) {
    take(key);
    files.put(key, version);
    names.merge(version.fileId(), List.of(key), JournalState::join);
  }

  private @Nullable FileVersion take(FileKey key) {
    FileVersion version = files.remove(key);
    if (version != null) {
      names.computeIfPresent(version.fileId(), (id, keys) -> without(keys, key));
    }
    return version;
  }

  private static List<FileKey> join(List<FileKey> known, List<FileKey> more) {
    List<FileKey> all = new ArrayList<>(known);
    all.addAll(more);
    return List.copyOf(all);
  }

  private static @Nullable List<FileKey> without(List<FileKey> keys, FileKey key) {
    List<FileKey> left = keys.stream().filter(other -> !other.equals(key)).toList();
    return left.isEmpty() ? null : left;
  }
}
