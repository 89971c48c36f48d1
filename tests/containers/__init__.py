"""Do the fixes hold on a real container engine?"""
