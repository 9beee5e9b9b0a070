@echo off
setlocal DisableDelayedExpansion
rem Fetches the files that pull.txt lists, a line each: address, vertical bar, destination. A name is read as data and
rem used in quotes only, so nothing in it is code. Prints each file's digest as it is on the disk; the host compares.
for /f "usebackq tokens=1,2 delims=|" %%a in ("%~dp0pull.txt") do (
  for %%d in ("%%b") do if not exist "%%~dpd" md "%%~dpd"
  certutil -urlcache -split -f %%a "%%b" >"%~dp0pull.log" || (type "%~dp0pull.log" & exit /b 1)
  echo file %%a
  certutil -hashfile "%%b" SHA256 || exit /b 1
)
