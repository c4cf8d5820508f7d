package dotf.service;

import dotf.service.cli.CommandLineInterface;

/** Where the program starts. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(CommandLineInterface.run(arguments));
  }
}
