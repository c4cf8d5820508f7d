package dotf.agent;

import dotf.agent.Sight.Content;
import dotf.agent.Sight.DamagedStub;
import dotf.agent.Sight.ForeignStub;
import dotf.agent.Sight.OwnStub;
import dotf.agent.Sight.Special;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.chunker.disk.FileStat;
import dotf.chunker.manifest.FileId;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides, from what stands at a file's names and what is known of it, what the user meant and what
 * is to be done. Pure: the same facts always give the same plan.
 */
final class Planner {
  private Planner() {}

  /**
   * The plan for one file.
   *
   * @param known the catalog's row, or null
   * @param journalled the version that the journal names, or null
   * @param materialised every file of the folder has had its name on this disk, so that absence
   *     means deletion
   * @param ignored a rule says not to store it
   * @param vanishedName a name of the same file id that is gone from the disk, or null: asked only
   *     for a stub that the journal does not know under this name
   */
  static Plan plan(
      Sight sight,
      @Nullable Row known,
      @Nullable FileVersion journalled,
      boolean materialised,
      boolean ignored,
      Function<FileId, @Nullable FileKey> vanishedName) {
    return switch (sight.own()) {
      case Content(FileStat file) when ignored && journalled == null ->
          new Plan.Leave(file, Reason.IGNORED);
      case Content(FileStat file) -> content(sight, file, known, journalled);
      case ForeignStub(FileStat file) -> content(sight, file, known, journalled);
      case Special(FileStat entry) when sight.stub() == null && journalled == null ->
          new Plan.Leave(entry, Reason.SPECIAL);
      case null, default -> noContent(sight, journalled, materialised, vanishedName);
    };
  }

  private static Plan content(
      Sight sight, FileStat file, @Nullable Row known, @Nullable FileVersion journalled) {
    boolean unchanged =
        known != null
            && known.stored()
            && known.file() != null
            && known.file().matches(file)
            && journalled != null
            && journalled.manifest().equals(known.hash());
    FileStat stub = sight.stub() == null ? null : sight.stub().stat();
    return unchanged ? new Plan.Stay(file, stub) : new Plan.Store(file, stub);
  }

  private static Plan noContent(
      Sight sight,
      @Nullable FileVersion journalled,
      boolean materialised,
      Function<FileId, @Nullable FileKey> vanishedName) {
    return switch (sight.stub()) {
      case OwnStub(FileStat stat, FileVersion version, boolean bare) ->
          journalled != null && journalled.manifest().equals(version.manifest())
              ? new Plan.Rest(stat, bare)
              : new Plan.Adopt(
                  stat,
                  bare,
                  version,
                  journalled == null ? vanishedName.apply(version.fileId()) : null);
      case DamagedStub(FileStat stat, var _) when journalled != null -> new Plan.WriteStub(stat);
      case DamagedStub(FileStat stat, var _) -> new Plan.Leave(stat, Reason.STUB_DAMAGED);
      case null, default -> {
        if (journalled == null) {
          yield new Plan.Forget();
        }
        yield materialised ? new Plan.Delete() : new Plan.WriteStub(null);
      }
    };
  }
}
