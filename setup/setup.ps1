# UNTESTED. Sets dotf up on Windows: builds, installs to %LOCALAPPDATA%\dotf, makes a home, starts
# the agent at log-on, watches a folder. There files are stored and sent, never replaced by stubs.
#
#   powershell -ExecutionPolicy Bypass -File setup\setup.ps1 [-Folder DIR] [-HomeDirectory DIR]
#       [-Port N] [-Recover] [-NoService] [-Uninstall]
param(
  [string]$Folder = '',
  [string]$HomeDirectory = $(if ($env:DOTF_HOME) { $env:DOTF_HOME } else { "$env:USERPROFILE\.dotf" }),
  [int]$Port = -1,
  [switch]$Recover,
  [switch]$NoService,
  [switch]$Uninstall
)
$ErrorActionPreference = 'Stop'
$root = Split-Path -Parent $PSScriptRoot
$dist = "$root\service\target\dist"
$program = "$env:LOCALAPPDATA\dotf"
$task = 'dotf agent'

# A JDK of at least 25, by the release file in its home.
function Find-Jdk {
  $places = @($env:JAVA_HOME)
  foreach ($parent in "$env:ProgramFiles\Java", "$env:ProgramFiles\Eclipse Adoptium",
    "$env:ProgramFiles\Microsoft", "$env:ProgramFiles\Zulu", "$env:USERPROFILE\.jdks") {
    $places += Get-ChildItem -Directory $parent -ErrorAction SilentlyContinue |
      ForEach-Object { $_.FullName }
  }
  foreach ($place in $places) {
    if ($place -and (Test-Path "$place\bin\javac.exe") -and (Test-Path "$place\release")) {
      $line = Select-String -Path "$place\release" -Pattern '^JAVA_VERSION="?(\d+)'
      if ($line -and [int]$line.Matches[0].Groups[1].Value -ge 25) { return $place }
    }
  }
  throw 'dotf needs a JDK of version 25 or newer. Install one: winget install EclipseAdoptium.Temurin.25.JDK'
}

function Invoke-Dotf {
  & "$jdk\bin\java.exe" -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 `
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow `
    -cp "$program\lib\*" dotf.service.Main --home $HomeDirectory @args
  if ($LASTEXITCODE -ne 0) { throw "dotf $($args[0]) ended with code $LASTEXITCODE" }
}

$jdk = Find-Jdk
if ($Uninstall) {
  Unregister-ScheduledTask -TaskName $task -Confirm:$false -ErrorAction SilentlyContinue
  try { Invoke-Dotf stop } catch { Write-Host 'the agent does not run' }
  Remove-Item -Recurse -Force $program
  Write-Host "the home stays: $HomeDirectory"
  exit 0
}

if (-not (Get-Command mvn -ErrorAction SilentlyContinue)) {
  throw 'dotf is built by Maven. Install it: winget install Apache.Maven'
}
Write-Host '== Build (the first one downloads about 150 MB)'
$env:JAVA_HOME = $jdk
Push-Location $root
try { mvn -B -ntp package -Dmaven.test.skip=true } finally { Pop-Location }
if ($LASTEXITCODE -ne 0) { throw 'the build failed' }

Write-Host "== Install to $program"
New-Item -ItemType Directory -Force $program | Out-Null
Copy-Item -Recurse -Force "$dist\*" $program

Write-Host "== Home in $HomeDirectory"
if (Test-Path "$HomeDirectory\keys\vault") { Write-Host '   already: there is a home' }
elseif ($Recover) { Invoke-Dotf init --recover }
else { Invoke-Dotf init }
if ($Port -ge 0) { Invoke-Dotf config port $Port }

Write-Host '== Agent'
if (-not $NoService) {
  $run = "-Xmx256m -XX:MaxDirectMemorySize=128m --enable-native-access=ALL-UNNAMED " +
    "--sun-misc-unsafe-memory-access=allow -cp `"$program\lib\*`" dotf.service.Main " +
    "--home `"$HomeDirectory`" run"
  Register-ScheduledTask -Force -TaskName $task `
    -Action (New-ScheduledTaskAction -Execute "$jdk\bin\javaw.exe" -Argument $run) `
    -Trigger (New-ScheduledTaskTrigger -AtLogOn -User $env:USERNAME) `
    -Settings (New-ScheduledTaskSettingsSet -ExecutionTimeLimit 0 -RestartCount 5 `
      -RestartInterval (New-TimeSpan -Minutes 1)) | Out-Null
  Start-ScheduledTask -TaskName $task
}
else { Invoke-Dotf start }

if ($Folder) {
  Write-Host "== Folder $Folder"
  New-Item -ItemType Directory -Force $Folder | Out-Null
  Invoke-Dotf add $Folder --yes
}
