@echo off
setlocal DisableDelayedExpansion
rem Runs one program for guestprep, as SYSTEM. Its exit code goes into exit.txt, which appears only when it is complete.
cd /d "%~dp0"
C:\Windows\Temp\guestprep\work\dotnet\dotNetFx40.exe /q /msioptions A="100%% sure" >output.log 2>&1
>exit.tmp echo %ERRORLEVEL%
move /y exit.tmp exit.txt >nul
