package dotf.service;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import java.io.File;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arrows between modules and packages, and what production code may not call. */
final class ArchitectureTest {
  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(
              "dotf.watcher..",
              "dotf.chunker..",
              "dotf.dht..",
              "dotf.agent..",
              "dotf.setup..",
              "dotf.service..");

  @Test
  void everyModuleIsLookedAt() {
    assertThat(PRODUCTION.stream().map(c -> c.getPackageName().split("\\.", -1)[1]).distinct())
        .containsExactlyInAnyOrder("watcher", "chunker", "dht", "agent", "setup", "service");
  }

  @Test
  void packagesHaveNoCycle() {
    slices().matching("dotf.(**)").should().beFreeOfCycles().check(PRODUCTION);
  }

  /** What each module may see of ours; a list of packages, apart by spaces. */
  @ParameterizedTest
  @CsvSource({
    "watcher, ''",
    "chunker, ''",
    "setup, ''",
    "dht, dotf.chunker.block dotf.chunker.disk",
    "agent, dotf.watcher dotf.chunker.. dotf.dht..",
    "service, dotf.watcher dotf.chunker.. dotf.dht.. dotf.agent.. dotf.setup.."
  })
  void moduleSeesOnlyItsOwnAnd(String module, String seen) {
    String own = "dotf." + module + "..";
    noClasses()
        .that(resideInAPackage(own))
        .should()
        .dependOnClassesThat(
            resideInAPackage("dotf..")
                .and(not(resideInAPackage(own)))
                .and(not(resideInAnyPackage(words(seen)))))
        .check(PRODUCTION);
  }

  /** Within the service: {@code cli} → {@code daemon} → {@code api} → {@code text}. */
  @ParameterizedTest
  @CsvSource({
    "text, api daemon cli",
    "api, daemon cli",
    "daemon, cli",
  })
  void servicePackageSeesNoneAbove(String lower, String above) {
    String[] packages = words(above);
    for (int i = 0; i < packages.length; i++) {
      packages[i] = "dotf.service." + packages[i];
    }
    noClasses()
        .that(resideInAPackage("dotf.service." + lower))
        .should()
        .dependOnClassesThat(resideInAnyPackage(packages))
        .check(PRODUCTION);
  }

  /** A library, and the packages that may use it: its doorway in each module. */
  @ParameterizedTest
  @CsvSource({
    "java.lang.foreign.., dotf.chunker.disk dotf.watcher.inotify",
    "io.methvin.., dotf.watcher",
    "org.eclipse.jgit.., dotf.watcher",
    "com.github.luben.., dotf.chunker.codec",
    "com.google.crypto.., dotf.chunker.key",
    "org.bouncycastle.., dotf.chunker.key dotf.dht.identity",
    // What travels is protobuf, and each topic of the network reads its own messages.
    "com.google.protobuf.., dotf.dht dotf.dht.group dotf.dht.identity dotf.dht.session"
        + " dotf.dht.wire..",
    // The network of the nodes, and the local API.
    "io.netty.., dotf.dht.net dotf.service.api",
    "org.mapdb.., dotf.dht.store dotf.agent.catalog",
    "org.tomlj.., dotf.setup",
    "com.fasterxml.jackson.., dotf.service.api",
    "picocli.., dotf.service.cli",
    "ch.qos.logback.., dotf.service.daemon"
  })
  void libraryStaysBehind(String library, String doorways) {
    noClasses()
        .that(resideInAPackage("dotf..").and(not(resideInAnyPackage(words(doorways)))))
        .should()
        .dependOnClassesThat(resideInAPackage(library))
        .check(PRODUCTION);
  }

  /** A library that the list above does not know has no doorway yet. */
  @Test
  void noOtherLibraryIsUsed() {
    noClasses()
        .should()
        .dependOnClassesThat(
            not(
                resideInAnyPackage(
                    "",
                    "java..",
                    "javax.crypto..",
                    "javax.net..",
                    "javax.security..",
                    "jdk.net",
                    "dotf..",
                    "org.jspecify..",
                    "org.slf4j..",
                    "com.google.errorprone.annotations..",
                    "io.methvin..",
                    "org.eclipse.jgit..",
                    "com.github.luben..",
                    "com.google.crypto..",
                    "org.bouncycastle..",
                    "com.google.protobuf..",
                    "io.netty..",
                    "org.mapdb..",
                    "org.tomlj..",
                    "com.fasterxml.jackson..",
                    "picocli..",
                    "ch.qos.logback..")))
        .check(PRODUCTION);
  }

  /**
   * Time comes from an {@code InstantSource} that was passed in; the service makes the real ones.
   */
  @Test
  void timeIsPassedIn() {
    noClasses()
        .should()
        .callMethodWhere(
            calls("currentTimeMillis", System.class)
                .or(
                    calls(
                        "now",
                        Instant.class,
                        LocalDate.class,
                        LocalDateTime.class,
                        OffsetDateTime.class,
                        ZonedDateTime.class))
                .or(calls("system.*", Clock.class)))
        .check(PRODUCTION);
    noClasses()
        .that(
            except(
                named(
                    "dotf.service.daemon.Daemon",
                    "dotf.service.daemon.Identity",
                    "dotf.service.cli.CareCommands$Doctor")))
        .should()
        .callMethodWhere(calls("system.*", InstantSource.class))
        .check(PRODUCTION);
  }

  /** A seeded generator is no source of randomness; one without a seed is. */
  @Test
  void randomnessIsPassedIn() {
    noClasses()
        .should()
        .callConstructor(Random.class)
        .orShould()
        .callMethodWhere(
            calls("random", Math.class)
                .or(calls("randomUUID", UUID.class))
                .or(calls("current", ThreadLocalRandom.class)))
        .check(PRODUCTION);
  }

  /**
   * But four that wait with a limit for what tells them nothing, each on a thread of its caller:
   * the command line for another process, {@code wait} for the agent to settle, the recovery for a
   * first holder to answer, and {@code leave} for the owners of what is held here.
   */
  @Test
  void nothingSleeps() {
    noClasses()
        .that(
            except(
                named(
                    "dotf.service.cli.Background",
                    "dotf.agent.Agent",
                    "dotf.agent.Recovering",
                    "dotf.agent.Departure")))
        .should()
        .callMethodWhere(calls("sleep", Thread.class, TimeUnit.class))
        .check(PRODUCTION);
  }

  /**
   * People's files are moved and deleted through the disk port alone. In the home itself these may
   * delete: the catalog its caches, the recovery its marker, the API its socket, the set-up its
   * temporary files.
   */
  @Test
  void filesGoThroughTheDiskPort() {
    DescribedPredicate<JavaClass> inTheHome =
        resideInAnyPackage("dotf.agent.catalog", "dotf.service.api", "dotf.setup")
            .or(named("dotf.agent.Recovering"));
    noClasses()
        .that(except(inTheHome))
        .should()
        .callMethodWhere(
            calls("delete|deleteIfExists|deleteOnExit|move|renameTo", Files.class, File.class))
        .check(PRODUCTION);
  }

  /**
   * Names go from the disk, or from one file to another, where their own crash tests are: people's
   * files in {@code agent.folder} alone, but for the rule file that {@code keep} writes. All others
   * have directories of their own.
   */
  @Test
  void namesAreTakenAwayInFewPlaces() {
    noClasses()
        .that(
            except(
                resideInAnyPackage(
                        "dotf.agent.folder",
                        "dotf.agent.holder",
                        "dotf.chunker.disk",
                        "dotf.dht.identity",
                        "dotf.dht.store")
                    .or(named("dotf.agent.KeepFile", "dotf.agent.Pausing"))))
        .should()
        .callMethodWhere(calls("unlink|rename|replace|exchange|removeDirectory", Directory.class))
        .check(PRODUCTION);
  }

  /** What decides when something may go is a function of facts, so that tests can try them all. */
  @Test
  void whatDecidesIsPure() {
    DescribedPredicate<JavaClass> outside =
        resideInAnyPackage("java.io", "java.nio..", "java.net..", "java.util.concurrent..")
            .or(
                named(
                    Thread.class.getName(),
                    InstantSource.class.getName(),
                    Clock.class.getName(),
                    "java.util.Timer",
                    "java.util.random.RandomGenerator"))
            .or(resideInAPackage("dotf.chunker.disk").and(not(named(FileStat.class.getName()))))
            .as("clocks, disks, threads or the network");
    noClasses()
        .that(
            named(
                "dotf.agent.Planner",
                "dotf.agent.Replacing",
                "dotf.agent.MassChange",
                "dotf.agent.StormBreaker",
                "dotf.agent.Bursts",
                "dotf.dht.lock.Standing"))
        .should()
        .dependOnClassesThat(outside)
        .check(PRODUCTION);
    noClasses()
        .that(resideInAPackage("dotf.dht.lock"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("dotf.chunker.disk", "java.nio..", "java.util.concurrent.."))
        .check(PRODUCTION);
  }

  private static DescribedPredicate<JavaCall<?>> calls(String method, Class<?>... owners) {
    Set<String> names = Stream.of(owners).map(Class::getName).collect(Collectors.toSet());
    Pattern wanted = Pattern.compile(method);
    return DescribedPredicate.describe(
        method + " of " + names,
        call ->
            names.contains(call.getTargetOwner().getName())
                && wanted.matcher(call.getTarget().getName()).matches());
  }

  private static DescribedPredicate<JavaClass> except(DescribedPredicate<JavaClass> excepted) {
    return not(excepted).as("are not those excepted");
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    return DescribedPredicate.describe(
        String.join(", ", names), c -> Set.of(names).contains(c.getName()));
  }

  private static String[] words(String spaced) {
    return spaced.isBlank() ? new String[0] : spaced.split(" ", -1);
  }
}
